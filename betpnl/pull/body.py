"""The body of an answer: read to its end within bounds, unpacked, decoded."""

from __future__ import annotations

import zlib
from typing import Any

import httpx

from betpnl.pull.faults import Fault
from betpnl.pull.json_exact import decode
from betpnl.pull.outgoing import RawLine

# As much is unpacked at a time, whatever a few bytes may grow to.
_PIECE_BYTES = 1_048_576
_GZIP = 16 + zlib.MAX_WBITS
# What a request says that it takes; anything else is a fault.
ENCODINGS = "gzip, identity"


async def read(response: httpx.Response, bytes_max: int) -> bytes:
    """The whole body, unpacked. Raises Fault: too large, cut, or packed in another way."""
    packed = _packed(response)
    gunzip = zlib.decompressobj(_GZIP) if packed else None
    pieces: list[bytes] = []
    size = 0
    # Raw, because the client would unpack without a bound.
    async for piece in response.aiter_raw():
        raw = piece
        while raw:
            if gunzip is None:
                out, raw = raw, b""
            else:
                if gunzip.eof:
                    gunzip = zlib.decompressobj(_GZIP)
                try:
                    out = gunzip.decompress(raw, _PIECE_BYTES)
                except zlib.error:
                    raise Fault("the answer is said to be gzip and is not") from None
                raw = gunzip.unconsumed_tail or gunzip.unused_data
            size += len(out)
            if size > bytes_max:
                raise Fault(
                    f"the answer is larger than {bytes_max} bytes; ask for smaller pages, or raise "
                    "limits.body_bytes_max",
                    slow=True,
                )
            pieces.append(out)
    if gunzip is not None and size and not gunzip.eof:
        raise Fault("the answer was cut off")
    return b"".join(pieces)


def parsed(response: httpx.Response, body: bytes, *, lines: bool) -> Any:
    """What the body says: a JSON document, or a list of one value a line. Raises Fault."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Fault(f"the answer is not UTF-8{_type(response)}") from None
    if not lines:
        try:
            return decode(text)
        except ValueError:
            raise Fault(f"the answer is no JSON{_type(response)}") from None
    return _lines(response, text)


def _lines(response: httpx.Response, text: str) -> list[Any]:
    headers = response.headers
    if "content-length" not in headers and "transfer-encoding" not in headers:
        raise Fault("the answer has no length, so that one cut off could not be told", slow=True)
    values: list[Any] = []
    rows = text.split("\n")
    for count, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            values.append(decode(row))
        except ValueError:
            if count == 1 and row.lstrip().startswith("<"):
                raise Fault(f"the answer is no NDJSON{_type(response)}") from None
            if count == len(rows):
                raise Fault("the answer was cut off in its last line") from None
            values.append(RawLine(row.encode()))
    return values


def _packed(response: httpx.Response) -> bool:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity", ""):
        raise Fault("the answer is packed in a way that was not asked for", slow=True)
    return bool(encoding.endswith("gzip"))


def _type(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    return f" ({kind})" if kind.replace("/", "").replace("-", "").replace("+", "").isalnum() else ""
