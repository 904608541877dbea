"""What a pull's file may say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS, Topic
from betpnl.pull.auth_file import Auth, NoAuth, OAuth2
from betpnl.pull.fields_file import FieldSpec
from betpnl.pull.paging_file import Paging
from betpnl.pull.strict import Seconds, Strict, Where

PULLED: dict[str, Topic] = {topic.name: topic for topic in (BETS, RESULTS, ODDS, GAMES)}

_SECRET = re.compile(r"authorization|cookie|token|secret|passw|api[-_]?key", re.IGNORECASE)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Limits(Strict):
    """Bounds of a request, and how long is waited after a failed one."""

    timeout_s: Seconds = Field(
        30, description="Longest time for a request, its whole answer included, seconds."
    )
    body_bytes_max: int = Field(
        33_554_432, ge=1024, description="Largest answer, uncompressed, bytes."
    )
    backoff_first_s: Seconds = Field(
        1, description="Wait before the first try again, seconds; it doubles with each try."
    )
    backoff_max_s: Seconds = Field(60, description="Longest of these waits, seconds.")
    retry_slow_s: Seconds = Field(
        60, description="Wait after a fault that somebody has to mend, such as a 401, seconds."
    )
    retry_after_max_s: Seconds = Field(
        3600, description="Longest wait that the API may ask for by Retry-After, seconds."
    )


class PullFile(Strict):
    """One list of one API: where it is, how to go through it, and what its records mean."""

    topic: Literal["bets", "results", "odds", "games"] = Field(
        description="What the records become."
    )
    name: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,64}$",
        description="Name in the log and of the place on disk; if left out, that of the file.",
    )
    url: str = Field(description="Address of the first page.")
    params: dict[str, str] = Field({}, description="Parameters that each request has.")
    headers: dict[str, str] = Field({}, description="Headers that each request has.")
    plain_http: bool = Field(
        False, description="Whether credentials may go over http:// to another machine."
    )
    ca_file: Path | None = Field(
        None,
        description="Certificates (PEM) to trust instead of the public ones; relative to the "
        "folder of this file.",
    )
    format: Literal["json", "ndjson"] = Field(
        "json", description="One JSON document, or a record a line."
    )
    records: Where | None = Field(
        None, description="Where the list of records stands in a JSON answer; `@` is the answer."
    )
    poll_s: Seconds = Field(
        5, description="Wait at the end of the list before looking again, seconds."
    )
    remember: int = Field(
        1_000_000,
        ge=0,
        description="Records whose contents are remembered (40 bytes each), so that they are not "
        "published again when they are read again.",
    )
    auth: Auth = Field(NoAuth(), description="Credentials.")
    paging: Paging = Field(description="The way through the list.")
    fields: dict[str, FieldSpec] | None = Field(
        None,
        description="Where the contract's fields come from; if left out, the records are of the "
        "contract already.",
    )
    limits: Limits = Field(Limits(), description="Bounds and waits.")

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return checked_url(value)

    @field_validator("headers", "params")
    @classmethod
    def _no_secrets(cls, values: dict[str, str]) -> dict[str, str]:
        for name in values:
            if _SECRET.search(name):
                raise ValueError(f"{name} looks like a secret, which goes into [auth]")
        return values

    @field_validator("headers")
    @classmethod
    def _one_line(cls, values: dict[str, str]) -> dict[str, str]:
        for name, value in values.items():
            if not all(each.isascii() and each.isprintable() for each in (name, value)):
                raise ValueError(f"{name} must be one line of ASCII")
        return values

    @model_validator(mode="after")
    def _fits(self) -> PullFile:
        if (self.records is None) != (self.format == "ndjson"):
            raise ValueError('records is needed, unless format is "ndjson"')
        if not isinstance(self.auth, NoAuth) and not self.plain_http:
            urls = [("url", self.url)]
            if isinstance(self.auth, OAuth2):
                urls.append(("auth.token_url", checked_url(self.auth.token_url)))
            for key, url in urls:
                parts = urlsplit(url)
                if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
                    raise ValueError(
                        f"{key} would send credentials unencrypted; use https://, or set "
                        "plain_http = true"
                    )
        return self


def checked_url(value: str) -> str:
    """An address that can be asked. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must look like https://host/path")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password; use [auth]")
    if any(_SECRET.search(pair.partition("=")[0]) for pair in parts.query.split("&")):
        raise ValueError("must not hold a secret; use [auth]")
    if parts.fragment:
        raise ValueError("must not have a # in it")
    return value
