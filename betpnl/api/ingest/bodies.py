"""A request's body, within bounds of size and time."""

from __future__ import annotations

import asyncio
import zlib

from starlette.requests import ClientDisconnect, Request

from betpnl.api.errors import ApiError

_GZIP = zlib.MAX_WBITS | 16
# Each is unpacked from a copy of all that is left, so that many of them would take for ever.
_MEMBERS_MAX = 16


async def read(request: Request, *, bytes_max: int, timeout_s: float) -> bytes:
    """The whole body, decompressed. Raises ApiError when it is too large, late or not gzip."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise ApiError(
            415, "unknown_encoding", "Send it plain or as gzip.", field="Content-Encoding"
        )
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > bytes_max:
        raise _too_large(bytes_max)
    try:
        async with asyncio.timeout(timeout_s):
            body = await _all(request, bytes_max)
    except TimeoutError:
        raise ApiError(
            408, "slow_body", f"The body took longer than {timeout_s:g} s (api_body_timeout_s)."
        ) from None
    except ClientDisconnect:
        raise ApiError(400, "client_gone", "The client went away.") from None
    return body if encoding == "identity" else gunzip(body, bytes_max)


def gunzip(body: bytes, bytes_max: int) -> bytes:
    """What is in a gzip file of some members. Raises ApiError as `read` does."""
    parts: list[bytes] = []
    left = bytes_max
    while body:
        if len(parts) == _MEMBERS_MAX:
            raise ApiError(
                400, "malformed_gzip", f"The gzip body has more than {_MEMBERS_MAX} members."
            )
        member = zlib.decompressobj(_GZIP)
        try:
            # One more than may be: that one says that there is more.
            part = member.decompress(body, left + 1)
        except zlib.error:
            raise ApiError(400, "malformed_gzip", "The body is not gzip.") from None
        left -= len(part)
        if left < 0:
            raise _too_large(bytes_max)
        if not member.eof:
            raise ApiError(400, "malformed_gzip", "The gzip body ends too early.")
        parts.append(part)
        body = member.unused_data
    return b"".join(parts)


async def _all(request: Request, bytes_max: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > bytes_max:
            raise _too_large(bytes_max)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(bytes_max: int) -> ApiError:
    return ApiError(
        413,
        "body_too_large",
        f"A body has at most {bytes_max} bytes (api_body_bytes_max), also when decompressed; "
        "send smaller batches.",
    )
