"""How a file says where credentials come from. They never stand in the file itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from betpnl.pull.faults import Fault
from betpnl.pull.strict import Name, Seconds, Strict
from betpnl.settings import PREFIX


class Secret(Strict):
    """Where a secret is read, anew for each request: an environment variable or a file."""

    env: str | None = Field(None, description="Environment variable that holds it.")
    file: Path | None = Field(
        None, description="File that holds it; relative to the folder of this one."
    )

    @model_validator(mode="before")
    @classmethod
    def _not_inline(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError('must not stand here itself; write { env = "NAME" } or { file = "…" }')
        return data

    @model_validator(mode="after")
    def _one(self) -> Secret:
        if (self.env is None) == (self.file is None):
            raise ValueError('needs either { env = "NAME" } or { file = "…" }')
        if self.env is not None and self.env.startswith(PREFIX):
            raise ValueError(f"env must not begin with {PREFIX}, which is for settings")
        return self

    def read(self, folder: Path) -> str:
        """The secret as it is now. Raises Fault (slow) that names where it was looked for."""
        if self.env is not None:
            found = os.environ.get(self.env, "")
            where = f"the environment variable {self.env}"
        else:
            path = folder / (self.file or "")
            where = f"the file {path}"
            try:
                found = path.read_text(encoding="utf-8")
            except (OSError, ValueError):
                raise Fault(f"{where} with the secret cannot be read", slow=True) from None
        found = found.strip()
        if not found:
            raise Fault(f"{where} holds no secret", slow=True)
        if not (found.isascii() and found.isprintable()):
            raise Fault(f"{where} holds more than one line of ASCII", slow=True)
        return found


class NoAuth(Strict):
    """An API that is open."""

    kind: Literal["none"] = Field("none", description="No credentials.")


class Bearer(Strict):
    """`Authorization: Bearer ...`."""

    kind: Literal["bearer"] = Field(description="A token in the header Authorization.")
    token: Secret = Field(description="The token.")


class Basic(Strict):
    """User and password."""

    kind: Literal["basic"] = Field(description="User and password.")
    user: Name = Field(description="The user's name.")
    password: Secret = Field(description="The password.")


class Header(Strict):
    """A key in a header of the API's own."""

    kind: Literal["header"] = Field(description="A key in a header of the API's own.")
    name: Name = Field(description="The header, such as X-Api-Key.")
    key: Secret = Field(description="The key.")


class Query(Strict):
    """A key as a parameter of the address."""

    kind: Literal["query"] = Field(description="A key as a parameter of the address.")
    name: Name = Field(description="The parameter, such as api_key.")
    key: Secret = Field(description="The key.")


class OAuth2(Strict):
    """Client credentials of OAuth 2."""

    kind: Literal["oauth2"] = Field(description="OAuth 2 with client credentials.")
    token_url: str = Field(description="Where tokens are given out.")
    client_id: Name = Field(description="The client's id.")
    client_secret: Secret = Field(description="The client's secret.")
    scope: str = Field("", description="Scope to ask for.")
    send: Literal["header", "body"] = Field(
        "header", description="Where the id and the secret go in the request for a token."
    )
    early_s: Seconds = Field(
        30, description="A token is replaced this long before it expires, seconds."
    )


Auth = Annotated[NoAuth | Bearer | Basic | Header | Query | OAuth2, Field(discriminator="kind")]
