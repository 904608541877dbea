"""One POST to the webhook. Its address may hold a token: no word of it in any log or problem."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from functools import cache

import httpx

TIMEOUT_S = 10
ID_HEADER = "Betpnl-Event-Id"
SIGNATURE_HEADER = "Betpnl-Signature"

# httpx writes each request's address at level INFO.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def post(url: str, content: bytes, headers: Mapping[str, str], timeout_s: float) -> str:
    """Send a body; '' if it was taken (2xx), else why not, in words without the address."""
    # Reading the certificates takes a while, and is no part of the time for an answer.
    _tls()
    try:
        status = asyncio.run(asyncio.wait_for(_post(url, content, headers, timeout_s), timeout_s))
    except (TimeoutError, httpx.TimeoutException):
        return f"no answer within {timeout_s:g} s"
    except Exception as error:
        # Whatever it is, its text may name the address.
        return f"cannot be reached ({type(error).__name__})"
    return "" if 200 <= status < 300 else f"answered {status}"


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _post(url: str, content: bytes, headers: Mapping[str, str], timeout_s: float) -> int:
    # Redirects are not followed: what is signed for one address is not carried to another.
    async with (
        httpx.AsyncClient(verify=_tls(), timeout=timeout_s, follow_redirects=False) as client,
        client.stream("POST", url, content=content, headers=dict(headers)) as answer,
    ):
        return answer.status_code
