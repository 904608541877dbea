"""A sportsbook's API on loopback that misbehaves as a test wants it to."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What is answered, and how.

    cut: bytes of the body that are sent before the connection is closed, None for all. reset: the
    connection is torn down instead. hang: nothing is sent until the server ends. length: whether
    the body's length is told. drip: a byte of the body now and then, for ever.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False
    hang: bool = False
    length: bool = True
    drip: bool = False

    def data(self) -> bytes:
        """The body's bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answer = Callable[[Request], Reply]


class Bookmaker(ThreadingHTTPServer):
    """Answers what is in `script`, in its order, and then what `answer` says."""

    daemon_threads = True
    # Nothing that hangs on purpose may hold up the end.
    block_on_close = False

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.answer = answer
        self.script: deque[Reply] = deque()
        self.requests: list[Request] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"{self._scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """A client that is gone is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bookmaker

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Silence."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length", 0))
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        self.server.requests.append(request)
        script = self.server.script
        self._send(script.popleft() if script else self.server.answer(request))

    def _send(self, reply: Reply) -> None:
        if reply.hang:
            self.server.ended.wait()
            self.close_connection = True
            return
        if reply.reset:
            # Closed with what is unsent thrown away: the other side sees a reset.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
            return
        data = reply.data()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if reply.length and reply.status != 204:
            self.send_header("Content-Length", str(len(data)))
        else:
            self.close_connection = True
        self.end_headers()
        if reply.drip:
            for byte in data:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if self.server.ended.wait(0.05):
                    break
            self.close_connection = True
        elif reply.cut is not None:
            self.wfile.write(data[: reply.cut])
            self.close_connection = True
        elif reply.status != 204:
            self.wfile.write(data)


@contextmanager
def bookmaker(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Bookmaker]:
    """A server for the length of a block."""
    with Bookmaker(answer, tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()


def cursors(records: list[Any], size: int) -> Answer:
    """A list by cursor; the cursor is the number of the first record."""

    def answer(request: Request) -> Reply:
        at = int(request.params.get("after", 0))
        end = at + size
        more = end < len(records)
        body = {"data": records[at:end], "next": str(end) if more else None}
        return Reply(body)

    return answer
