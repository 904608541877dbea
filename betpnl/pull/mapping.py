"""A client's record -> a record of the contract, as [fields] says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from betpnl.pull.expressions import number
from betpnl.pull.faults import MappingFault
from betpnl.pull.fields_file import FieldFrom
from betpnl.pull.json_exact import encode
from betpnl.pull.times import to_micros, to_text

# Above every amount of the contract; beyond it nothing is moved, so that nothing is rounded.
_DIGITS_MAX = 60


def mapped(fields: dict[str, FieldFrom], record: Any) -> dict[str, Any]:
    """The contract's record; a field that is found nowhere is left out.

    Raises MappingFault where a field cannot be made: a value is never guessed.
    """
    return _object(fields, record, record, 1, "")


def _object(
    fields: dict[str, FieldFrom], item: Any, record: Any, count: int, where: str
) -> dict[str, Any]:
    made = {}
    for name, source in fields.items():
        path = f"{where}{name}"
        try:
            value = _value(source, item, record, count, path)
        except MappingFault:
            raise
        except ValueError as error:
            raise MappingFault(f"{path}: {error}") from None
        if value is not None:
            made[name] = value
    return made


def _value(source: FieldFrom, item: Any, record: Any, count: int, path: str) -> Any:
    base = record if source.of == "record" else item
    if source.each is not None:
        return _each(source, base, record, path)
    if source.fields is not None:
        nested = base if source.at is None else source.at.search(base)
        if nested is None:
            return source.default
        return _object(source.fields, nested, record, count, f"{path}.") or source.default
    if source.count:
        return count
    return _converted(source, source.value if source.at is None else source.at.search(base))


def _each(source: FieldFrom, base: Any, record: Any, path: str) -> Any:
    assert source.each is not None
    items = source.each.search(base)
    if items is None:
        return source.default
    if not isinstance(items, list):
        raise ValueError("each finds no list")
    if source.fields is not None:
        return [
            _object(source.fields, item, record, number_, f"{path}[{number_ - 1}].")
            for number_, item in enumerate(items, start=1)
        ]
    assert source.key is not None
    assert source.at is not None
    pairs: dict[str, Any] = {}
    for item in items:
        key = _text(source.key.search(item))
        key = _text(_looked_up(source, key))
        if key in pairs:
            raise ValueError("key finds the same twice")
        value = _converted(source, source.at.search(item))
        if value is not None:
            pairs[key] = value
    return pairs


def _converted(source: FieldFrom, value: Any) -> Any:
    if value is None:
        value = source.default
    if value is None:
        return None
    if source.key is None:
        value = _looked_up(source, value)
    if source.decimals is not None:
        value = _shifted(value, source.decimals)
    if source.as_ is None or value is None:
        return value
    if source.as_ == "text":
        return _text(value)
    if source.as_ == "number":
        return _numbers(value)
    if source.as_ == "line":
        return _line(value)
    micros = to_micros(value, source.epoch, source.zone)
    if source.as_ == "time":
        return to_text(micros)
    return micros if source.as_ == "us" else micros // 1000


def _looked_up(source: FieldFrom, value: Any) -> Any:
    if source.map is None:
        return value
    key = value if isinstance(value, str) else encode(value).decode()
    if key in source.map:
        return source.map[key]
    return source.otherwise if "otherwise" in source.model_fields_set else value


def _shifted(value: Any, decimals: int) -> Decimal:
    found = number(value)
    if found is None:
        raise ValueError("is no number")
    sign, digits, exponent = Decimal(found).as_tuple()
    if not isinstance(exponent, int) or len(digits) + abs(exponent) > _DIGITS_MAX:
        raise ValueError("is no amount")
    # Made of its digits: arithmetic would round to the context's precision.
    return Decimal((sign, digits, exponent - decimals))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or number(value) is None:
        raise ValueError("is neither a text nor a number")
    return encode(value).decode()


def _line(value: Any) -> str:
    """Canonical decimal text; '' stays."""
    if value == "":
        return ""
    found = Decimal(_shifted(value, 0))
    text = format(found, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if found else "0"


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    found = number(value)
    if found is None:
        raise ValueError("is no number")
    return found
