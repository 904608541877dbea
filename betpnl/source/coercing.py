"""What a column holds, as the contract types it.

MySQL has no booleans, keeps numbers where the contract has ids, and JSON as text. This says of
each field what it should be, read from the records themselves; a value that does not fit stays
as it is, so that the contract's checks name it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from betpnl.contract.topics import Topic

Coerce = Callable[[Any], Any]
_decode_json = msgspec.json.Decoder(float_hook=Decimal).decode


class Shape:
    """The fields of one kind of record."""

    def __init__(self, struct: inspect.StructType) -> None:
        self._fields = {field.encode_name: field.type for field in struct.fields}
        self._coerce = {name: _coercion(kind) for name, kind in self._fields.items()}

    def fields(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values as the contract types them; unknown fields stay as they are."""
        return {
            name: self._coerce[name](value) if name in self._coerce else plain(value)
            for name, value in values.items()
        }


@cache
def shape(topic: Topic) -> Shape:
    """The shape of a topic's records."""
    kind = inspect.type_info(topic.record_type)
    assert isinstance(kind, inspect.StructType)
    return Shape(kind)


def plain(value: Any) -> Any:
    """A value that JSON can hold; bytes become an object, which no field of the contract is."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"bytes": value[:64].hex()}
    return value


def _coercion(kind: inspect.Type) -> Coerce:
    if isinstance(kind, inspect.Metadata):
        return _coercion(kind.type)
    if isinstance(kind, inspect.UnionType):
        (inner,) = (each for each in kind.types if not isinstance(each, inspect.NoneType))
        return _coercion(inner)
    if isinstance(kind, inspect.StructType):
        return _nested(Shape(kind).fields)
    if isinstance(kind, inspect.ListType):
        return _list(_coercion(kind.item_type))
    if isinstance(kind, inspect.DictType):
        value = _coercion(kind.value_type)
        return _nested(lambda found: {name: value(each) for name, each in found.items()})
    if isinstance(kind, inspect.BoolType):
        return _boolean
    if isinstance(kind, inspect.IntType):
        return _integer
    if isinstance(kind, inspect.StrType | inspect.LiteralType):
        return _text
    return plain


def _nested(inner: Callable[[dict[str, Any]], dict[str, Any]]) -> Coerce:
    def coerce(value: Any) -> Any:
        value = _parsed(value)
        return inner(value) if isinstance(value, dict) else value

    return coerce


def _list(inner: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        value = _parsed(value)
        return [inner(each) for each in value] if isinstance(value, list) else value

    return coerce


def _parsed(value: Any) -> Any:
    value = plain(value)
    if isinstance(value, str):
        try:
            return _decode_json(value)
        except (msgspec.DecodeError, RecursionError):
            return value
    return value


def _boolean(value: Any) -> Any:
    if value in (0, b"\0"):
        return False
    if value in (1, b"\1"):
        return True
    return plain(value)


def _integer(value: Any) -> Any:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return plain(value)


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        # As the contract writes a line: 2.5, never 2.50.
        return format(value.normalize() + 0, "f")
    return plain(value)
