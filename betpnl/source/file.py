"""The source file: which tables of the client's MySQL matter, and how a record is read."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS, Topic
from betpnl.errors import UserError
from betpnl.paths import in_project

SECTIONS: dict[str, Topic] = {topic.name: topic for topic in (BETS, RESULTS, GAMES, ODDS)}
_NAME = r"[A-Za-z0-9_$-]{1,64}"
_KEYS = re.compile(r":keys\b")

TableName = Annotated[str, Field(pattern=rf"^{_NAME}\.{_NAME}$")]
ColumnName = Annotated[str, Field(pattern=rf"^{_NAME}$")]
Columns = Annotated[list[ColumnName], Field(min_length=1, max_length=8)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Server(_Strict):
    """`[mysql]`: where the client's tables are, and who reads them."""

    url: str = Field(
        "", description="`mysql://user@host:port`; empty means the server that betpnl starts."
    )
    password_env: str = Field("", description="Environment variable that holds the password.")
    password_file: Path | None = Field(None, description="File that holds the password.")
    server_id: int = Field(
        770_001,
        ge=1,
        le=2**32 - 1,
        description="Number under which the stream reads the binary log, unlike that of any "
        "server or reader beside it.",
    )
    tls: Literal["disabled", "preferred", "required", "verify_ca", "verify_identity"] = Field(
        "preferred", description="As MySQL's own clients mean it by `--ssl-mode`."
    )
    tls_ca: Path | None = Field(
        None, description="The authority's certificate (PEM), for `verify_ca`, `verify_identity`."
    )
    time_zone: str = Field(
        "UTC", description="Zone that DATETIME columns are written in, such as `Europe/Malta`."
    )
    epoch: int = Field(
        0,
        ge=0,
        le=1000,
        description="Raise it by one to make every version newer than all before.",
    )

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme != "mysql" or not parts.hostname or not parts.username):
            raise ValueError("must look like mysql://user@host:3306")
        _ = parts.port  # a ValueError of its own says what is wrong with one
        if parts.password is not None:
            raise ValueError("must not hold a password; use password_env or password_file")
        if parts.path.strip("/"):
            raise ValueError("must not name a database; the tables are named with theirs")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not a time zone, such as UTC or Europe/Malta") from None
        return value

    @model_validator(mode="after")
    def _together(self) -> Server:
        if self.password_env and self.password_file is not None:
            raise ValueError("password_env and password_file exclude each other")
        if self.tls.startswith("verify") and self.tls_ca is None:
            raise ValueError(f"tls = {self.tls!r} needs tls_ca")
        return self

    @property
    def host(self) -> str:
        """The host in `url`; '' for the server that betpnl starts."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port in `url`."""
        return urlsplit(self.url).port or 3306

    @property
    def user(self) -> str:
        """The user in `url`."""
        return unquote(urlsplit(self.url).username or "")

    def password(self) -> str:
        """The password from its variable or file, '' where none is named. Raises UserError."""
        if self.password_env:
            if self.password_env not in os.environ:
                raise UserError(
                    f"The environment variable {self.password_env}, which password_env of the "
                    "MySQL source names, is not set."
                )
            return os.environ[self.password_env]
        if self.password_file is None:
            return ""
        path = in_project(self.password_file)
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise UserError(f"password_file {path} cannot be read: {error}") from None


class Section(_Strict):
    """`[bets]`, `[results]`, `[games]`, `[odds]`: one kind of record."""

    tables: Annotated[dict[TableName, Columns], Field(min_length=1)] = Field(
        description="Tables whose changes matter, each with the columns that name the record. The "
        "first one has a row for every record."
    )
    select: str = Field(
        description="One SELECT that reads the records of `:keys`; its columns are the contract's."
    )
    deleted: Literal["cancel", "keep"] = Field(
        "cancel",
        description="What becomes of a record whose row is deleted: a newer version with status "
        "`cancelled` (a result: `rolled_back`), or nothing, as where rows are moved to an archive.",
    )
    key: ColumnName | Columns = Field(
        "key", description="Columns of the SELECT that say which record a row belongs to."
    )

    @field_validator("select")
    @classmethod
    def _select(cls, value: str) -> str:
        if not re.match(r"(select|with)\b", value, re.IGNORECASE):
            raise ValueError("must be one SELECT")
        if not _KEYS.search(value):
            raise ValueError("must say which records to read: ... WHERE t.id IN :keys")
        return value.rstrip("; \n")

    @model_validator(mode="after")
    def _columns(self) -> Section:
        for table, columns in self.tables.items():
            if len(columns) != len(self.key_columns):
                raise ValueError(
                    f"tables: {table} names the record by {len(columns)} columns, but key has "
                    f"{len(self.key_columns)}"
                )
        return self

    @property
    def key_columns(self) -> list[str]:
        """`key` as a list."""
        return [self.key] if isinstance(self.key, str) else list(self.key)

    @property
    def main_table(self) -> str:
        """The table that has a row for every record."""
        return next(iter(self.tables))

    @property
    def statement(self) -> str:
        """The SELECT for the driver: keys are bound, and a literal % stays one."""
        return _KEYS.sub("%s", self.select.replace("%", "%%"))

    @property
    def places(self) -> int:
        """How often the SELECT says `:keys`."""
        return len(_KEYS.findall(self.select))


class _File(_Strict):
    mysql: Server = Server()
    bets: Section | None = None
    results: Section | None = None
    games: Section | None = None
    odds: Section | None = None


@dataclass(frozen=True)
class Source:
    """A source file that was read. sections: by the name of the topic that they feed."""

    path: Path
    server: Server
    sections: dict[str, Section]

    @property
    def tables(self) -> dict[str, set[str]]:
        """Every table that matters, with all of its columns that do."""
        found: dict[str, set[str]] = {}
        for section in self.sections.values():
            for table, columns in section.tables.items():
                found.setdefault(table, set()).update(columns)
        return found


def load(path: Path) -> Source:
    """Read a source file. Raises UserError with one sentence that names the file and the key."""
    file = _read(path)
    sections = {name: each for name in SECTIONS if (each := getattr(file, name)) is not None}
    if not sections:
        raise UserError(f"{path} has none of the sections {', '.join(SECTIONS)}.")
    return Source(path, file.mysql, sections)


def load_server(path: Path) -> Server:
    """A source file's `[mysql]`, of a file that may hold nothing else. Raises UserError."""
    server = _read(path).mysql
    if not server.url:
        raise UserError(f"{path}: mysql.url is missing, and has no default here.")
    return server


def _read(path: Path) -> _File:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"The MySQL source file {path} cannot be read: {error}") from None
    try:
        return _File.model_validate(data)
    except ValidationError as error:
        raise UserError(f"{path}: {_sentence(error)}.") from None


def _sentence(error: ValidationError) -> str:
    first: Any = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"] if part not in ("function-after", "[key]"))
    if first["type"] == "extra_forbidden":
        return f"there is no key {name}"
    if first["type"] == "missing":
        return f"{name} is missing, and has no default"
    reason = first["msg"].removeprefix("Value error, ")
    return f"{name}: {reason[:1].lower()}{reason[1:]}"
