"""Puts credentials on a request. Read anew each time, so that one that was rotated is found."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx

from betpnl.pull.auth_file import Auth, Basic, Bearer, Header, OAuth2, Query
from betpnl.pull.faults import Fault, UnauthorisedError

TokenRequest = Callable[[str, Mapping[str, str], Mapping[str, str]], Awaitable[Any]]
"""POSTs a form: (address, headers, form) -> the answer's JSON."""

_LIFE_S = 300.0


class Credentials:
    """The credentials of one file."""

    def __init__(
        self, auth: Auth, folder: Path, ask: TokenRequest, now_s: Callable[[], float]
    ) -> None:
        self._auth, self._folder, self._ask, self._now_s = auth, folder, ask, now_s
        self._token, self._until_s = "", 0.0

    @property
    def parameter(self) -> str:
        """The parameter of an address that holds a secret, '' for none."""
        return self._auth.name if isinstance(self._auth, Query) else ""

    def forget(self) -> None:
        """The API did not take the credentials: a token that was given out is done with."""
        self._token = ""

    async def headers(self) -> dict[str, str]:
        """The headers that say who asks. Raises Fault when a secret or token cannot be had."""
        auth = self._auth
        if isinstance(auth, Bearer):
            return {"Authorization": f"Bearer {auth.token.read(self._folder)}"}
        if isinstance(auth, Basic):
            return {"Authorization": _basic(auth.user, auth.password.read(self._folder))}
        if isinstance(auth, Header):
            return {auth.name: auth.key.read(self._folder)}
        if isinstance(auth, OAuth2):
            if not self._token or self._now_s() >= self._until_s:
                await self._fetch(auth)
            return {"Authorization": f"Bearer {self._token}"}
        return {}

    def url(self, url: str) -> str:
        """The address with the secret that belongs into it."""
        if not isinstance(self._auth, Query):
            return url
        pair = f"{quote_plus(self._auth.name)}={quote_plus(self._auth.key.read(self._folder))}"
        parsed = httpx.URL(url)
        query = parsed.query.decode("ascii")
        return str(parsed.copy_with(query=f"{query}&{pair}".lstrip("&").encode("ascii")))

    async def _fetch(self, auth: OAuth2) -> None:
        secret = auth.client_secret.read(self._folder)
        form = {"grant_type": "client_credentials"}
        headers = {}
        if auth.scope:
            form["scope"] = auth.scope
        if auth.send == "header":
            # RFC 6749 wants both encoded as in a form first.
            headers["Authorization"] = _basic(quote_plus(auth.client_id), quote_plus(secret))
        else:
            form |= {"client_id": auth.client_id, "client_secret": secret}
        try:
            answer = await self._ask(auth.token_url, headers, form)
        except Fault as fault:
            kind = UnauthorisedError if isinstance(fault, UnauthorisedError) else Fault
            text = f"no token from auth.token_url: {fault}"
            if kind is UnauthorisedError:
                raise UnauthorisedError(text) from None
            raise Fault(text, slow=fault.slow, retry_after_s=fault.retry_after_s) from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not (token.isascii() and token.isprintable() and token):
            raise Fault("no token from auth.token_url: the answer has no access_token", slow=True)
        try:
            life_s = float(answer.get("expires_in", _LIFE_S))
        except (TypeError, ValueError):
            life_s = _LIFE_S
        self._token = token
        # A token that lives shorter than that is still used once.
        self._until_s = self._now_s() + max(0.0, life_s - auth.early_s)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
