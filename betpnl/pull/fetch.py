"""One request and its answer, with every fault told apart. Nothing here tries again."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from betpnl.errors import UserError
from betpnl.pull import body
from betpnl.pull.auth import Credentials
from betpnl.pull.faults import Fault, UnauthorisedError
from betpnl.pull.loading import Pull
from betpnl.pull.paging.links import origin, resolved, without_parameter
from betpnl.pull.paging.walking import Ask

_REDIRECTS = (301, 302, 303, 307, 308)
_REDIRECTS_MAX = 5
# Worth trying again soon: the server's trouble, or ours with the moment.
_SOON = (408, 425, 429, *range(500, 600))


@dataclass(frozen=True)
class Answer:
    """What an API said. url: that was asked, without secrets. link: the header's next address."""

    url: str
    body: Any
    link: str


class Fetcher:
    """Asks one API. Used within `async with`."""

    def __init__(self, pull: Pull, now_s: Callable[[], float]) -> None:
        """Raises UserError when `ca_file` cannot be read."""
        self._file, self._now_s = pull.file, now_s
        self._credentials = Credentials(pull.file.auth, pull.folder, self._token, now_s)
        try:
            tls = ssl.create_default_context(
                cafile=None if self._file.ca_file is None else pull.folder / self._file.ca_file
            )
        except (OSError, ssl.SSLError):
            raise UserError(
                f"{pull.path}: ca_file {self._file.ca_file} holds no certificates that can be read."
            ) from None
        self._client = httpx.AsyncClient(
            verify=tls,
            # A total for each request stands around all of these.
            timeout=self._file.limits.timeout_s,
            follow_redirects=False,
            headers={"User-Agent": "betpnl", "Accept-Encoding": body.ENCODINGS},
        )

    async def __aenter__(self) -> Fetcher:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    @property
    def secret_parameter(self) -> str:
        """The parameter of an address that holds a secret, '' for none."""
        return self._credentials.parameter

    async def get(self, ask: Ask) -> Answer:
        """A page. Raises Fault, and UnauthorisedError when the credentials are not taken."""
        url = without_parameter(_joined(ask), self.secret_parameter)
        try:
            return await self._timed(self._get(url))
        except UnauthorisedError:
            self._credentials.forget()
            raise

    async def _get(self, url: str) -> Answer:
        asked = url
        for _ in range(_REDIRECTS_MAX):
            headers = {**self._headers(), **await self._credentials.headers()}
            async with self._client.stream(
                "GET", self._credentials.url(asked), headers=headers
            ) as response:
                if response.status_code in _REDIRECTS:
                    asked = self._redirected(asked, response)
                    continue
                self._refuse(response)
                if response.status_code == 204:
                    return Answer(asked, None, "")
                raw = await body.read(response, self._file.limits.body_bytes_max)
                found = body.parsed(response, raw, lines=self._file.format == "ndjson")
                return Answer(asked, found, response.links.get("next", {}).get("url", ""))
        raise Fault("the API redirects for ever", slow=True)

    def _headers(self) -> dict[str, str]:
        kind = "application/x-ndjson" if self._file.format == "ndjson" else "application/json"
        return {"Accept": kind, **self._file.headers}

    def _redirected(self, asked: str, response: httpx.Response) -> str:
        to = resolved(asked, response.headers.get("location", ""))
        if origin(to) != origin(asked):
            raise Fault(
                f"the API redirects to {origin(to)}, which is not followed; if that is right, "
                "write it into url",
                slow=True,
            )
        return without_parameter(to, self.secret_parameter)

    async def _token(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> Any:
        async with self._client.stream(
            "POST", url, headers={"Accept": "application/json", **headers}, data=dict(form)
        ) as response:
            self._refuse(response)
            raw = await body.read(response, self._file.limits.body_bytes_max)
            return body.parsed(response, raw, lines=False)

    async def _timed(self, request: Any) -> Answer:
        limit_s = self._file.limits.timeout_s
        try:
            async with asyncio.timeout(limit_s):
                answer: Answer = await request
                return answer
        except (TimeoutError, httpx.TimeoutException):
            raise Fault(f"no whole answer within {limit_s:g} s") from None
        except httpx.ConnectError as error:
            raise Fault(f"no connection ({_cause(error)})") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError) as error:
            raise Fault(f"the answer broke off ({type(error).__name__})") from None

    def _refuse(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in (200, 204):
            return
        if status in (401, 403):
            raise UnauthorisedError(
                f"the API answers {status}: it does not take the credentials of [auth]; they are "
                "read again before each try"
            )
        text = f"the API answers {status}"
        if status in _SOON:
            raise Fault(text, retry_after_s=self._retry_after(response))
        raise Fault(f"{text}; are url, params and [paging] right?", slow=True)

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds that the API asks for; its header has them, or a date."""
        said = response.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit() and len(said) < 10:
            return float(said)
        try:
            at = parsedate_to_datetime(said)
        except (ValueError, IndexError):
            return None
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return max(0.0, (at - datetime.fromtimestamp(self._now_s(), UTC)).total_seconds())


def _joined(ask: Ask) -> str:
    if not ask.params:
        return ask.url
    return str(httpx.URL(ask.url).copy_merge_params(dict(ask.params)))


def _cause(error: Exception) -> str:
    """What is beneath an error, in the system's words; no address is in them."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {inner.verify_message}"
        if isinstance(inner, socket.gaierror):
            return "its name is not known"
        if isinstance(inner, OSError) and inner.errno:
            return os.strerror(inner.errno)
        inner = inner.__cause__ or inner.__context__
    return type(error).__name__
