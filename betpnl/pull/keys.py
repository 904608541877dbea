"""Every key of a pull's file, for the docs."""

from __future__ import annotations

import typing
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Any

from pydantic.fields import FieldInfo

from betpnl.pull import auth_file, fields_file, paging_file
from betpnl.pull.expressions import Expression
from betpnl.pull.file import Limits, PullFile
from betpnl.pull.strict import Strict

TABLES: dict[str, type[Strict]] = {
    "### The list": PullFile,
    '### `[auth]` with `kind = "none"`': auth_file.NoAuth,
    '### `[auth]` with `kind = "bearer"`': auth_file.Bearer,
    '### `[auth]` with `kind = "basic"`': auth_file.Basic,
    '### `[auth]` with `kind = "header"`': auth_file.Header,
    '### `[auth]` with `kind = "query"`': auth_file.Query,
    '### `[auth]` with `kind = "oauth2"`': auth_file.OAuth2,
    "### A secret": auth_file.Secret,
    '### `[paging]` with `kind = "cursor"`': paging_file.CursorPaging,
    '### `[paging]` with `kind = "next"`': paging_file.NextPaging,
    '### `[paging]` with `kind = "page"`': paging_file.PagePaging,
    '### `[paging]` with `kind = "since"`': paging_file.SincePaging,
    "### A field": fields_file.FieldFrom,
    "### `[limits]`": Limits,
}

_WORDS = {str: "text", int: "number", float: "number", bool: "true or false", dict: "table"}


def markdown_tables() -> dict[str, str]:
    """A table of keys for each table of the file, by the title that it stands under."""
    return {title: _table(model) for title, model in TABLES.items()}


def markdown() -> str:
    """All of them, with their titles."""
    return "\n\n".join(f"{title}\n\n{table}" for title, table in markdown_tables().items())


def _table(model: type[Strict]) -> str:
    rows = ["| key | what it is | default | meaning |", "|---|---|---|---|"]
    own = [name for name in model.model_fields if name in model.__annotations__]
    for name in [*own, *(each for each in model.model_fields if each not in own)]:
        field = model.model_fields[name]
        cells = (
            f"`{field.alias or name}`",
            _kind(field.annotation),
            _default(field),
            (field.description or "").replace("|", "\\|"),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if value is None or value in ("", [], {}) or isinstance(value, Strict):
        return "-"
    shown = str(value).lower() if isinstance(value, bool) else format(value)
    return f"`{shown}`"


def _kind(annotation: Any) -> str:
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return ", ".join(f"`{each}`" for each in parts)
    if origin is typing.Annotated:
        return _kind(parts[0])
    if origin in (typing.Union, UnionType):
        kinds = dict.fromkeys(
            "number" if each is Decimal else _kind(each) for each in parts if each is not type(None)
        )
        return " or ".join(kinds)
    if origin is list:
        return "list of texts"
    if annotation is Expression:
        return "JMESPath"
    if annotation is Path:
        return "path"
    if annotation is Any:
        return "anything"
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return "a secret" if annotation is auth_file.Secret else "table"
    return _WORDS.get(origin or annotation, "anything")
