"""Reading a pull's file: one sentence for the first thing that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from betpnl.contract.topics import Topic
from betpnl.errors import UserError
from betpnl.pull.fields_file import FieldFrom
from betpnl.pull.file import PULLED, PullFile
from betpnl.pull.strict import did_you_mean

_UNIONS = ("auth", "paging", "inner")


@dataclass(frozen=True)
class Pull:
    """A file that was read: what it says, what it is called, and where it lies."""

    name: str
    path: Path
    file: PullFile

    @property
    def topic(self) -> Topic:
        """The topic that its records go to."""
        return PULLED[self.file.topic]

    @property
    def folder(self) -> Path:
        """Where files that it names are looked for."""
        return self.path.absolute().parent


def load(path: Path) -> Pull:
    """Read a file. Raises UserError that names the file and the key."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise UserError(f"{path} is no TOML: {error}.") from None
    try:
        file = PullFile.model_validate(data)
    except ValidationError as error:
        raise UserError(f"{path}: {_sentence(error)}.") from None
    fault = _fields_fault(file)
    if fault:
        raise UserError(f"{path}: {fault}.")
    name = file.name or path.stem
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name) or name.startswith("."):
        raise UserError(f'{path}: its name cannot name the place on disk; set name = "…".')
    return Pull(name, path, file)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    loc = list(first["loc"])
    # Below a choice of kinds, the kind stands in the way to the key.
    names = [str(part) for at, part in enumerate(loc) if at == 0 or loc[at - 1] not in _UNIONS]
    where = re.sub(r"\bas_\b", "as", ".".join(names))
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        return f"{where} is missing"
    if first["type"].startswith("union_tag"):
        expected = first.get("ctx", {}).get("expected_tags", "")
        return f"{where}.kind must be one of {expected}" if expected else f"{where}.kind is missing"
    if first["type"] != "value_error":
        reason = reason[:1].lower() + reason[1:]
    return f"{where}: {reason}" if where else reason


def _fields_fault(file: PullFile) -> str | None:
    if file.fields is None:
        return None
    return _struct_fault(
        "fields", file.fields, msgspec.inspect.type_info(PULLED[file.topic].record_type)
    )


def _struct_fault(where: str, given: dict[str, FieldFrom], struct: Any) -> str | None:
    fields = {field.encode_name: field for field in struct.fields}
    for name, source in given.items():
        if name not in fields:
            return f"{where}.{name} is no field of the contract{did_you_mean(name, list(fields))}"
        nested = _nested(fields[name].type)
        if source.fields is None:
            continue
        if nested is None:
            return f"{where}.{name} has no fields in the contract"
        fault = _struct_fault(f"{where}.{name}.fields", source.fields, nested)
        if fault:
            return fault
    missing = [name for name, field in fields.items() if field.required and name not in given]
    return f"{where}.{missing[0]} is missing, which the contract needs" if missing else None


def _nested(kind: Any) -> Any:
    """The record within a type of the contract, if there is one."""
    if isinstance(kind, msgspec.inspect.StructType):
        return kind
    if isinstance(kind, msgspec.inspect.Metadata):
        return _nested(kind.type)
    if isinstance(kind, msgspec.inspect.ListType):
        return _nested(kind.item_type)
    if isinstance(kind, msgspec.inspect.UnionType):
        return next((found for each in kind.types if (found := _nested(each)) is not None), None)
    return None
