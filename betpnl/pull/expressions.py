"""JMESPath over exact numbers.

The library knows ints and floats only: its functions refuse a Decimal, `to_number` makes a float
of a text, and a number written in an expression is a float. Here all of them are exact.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import jmespath
from jmespath import exceptions, functions
from jmespath.visitor import Options

from betpnl.pull.json_exact import encode

_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?")


class Expression:
    """A compiled expression."""

    def __init__(self, text: str) -> None:
        """Raises ValueError with the reason when it is no JMESPath."""
        try:
            self._compiled = jmespath.compile(text)
        except exceptions.JMESPathError as error:
            reason = str(error).splitlines()[0].strip().rstrip(":")
            raise ValueError(f"{text} is no JMESPath expression ({reason})") from None
        for name in _called(self._compiled.parsed):
            if name not in _Functions.FUNCTION_TABLE:
                raise ValueError(f"{text} calls {name}(), which JMESPath does not have")
        _make_exact(self._compiled.parsed)
        self.text = text

    def search(self, value: Any) -> Any:
        """What the expression finds; None for nothing. Raises ValueError where it fails."""
        try:
            return self._compiled.search(value, _OPTIONS)
        # Whatever a client's data and an expression can do to each other is one record's fault.
        except Exception as error:
            raise ValueError(f"{self.text} fails ({type(error).__name__})") from error


# The stubs leave out what is overridden here.
_Base: Any = functions.Functions


class _Functions(_Base):
    """JMESPath's functions, for Decimals as well."""

    def _get_allowed_pytypes(self, types: Any) -> Any:
        allowed, subtypes = super()._get_allowed_pytypes(types)
        if "float" in allowed:
            allowed = [*allowed, "Decimal"]
        return allowed, [(*each, "Decimal") if "float" in each else each for each in subtypes]

    def _convert_to_jmespath_type(self, pyobject: str) -> Any:
        return super()._convert_to_jmespath_type("int" if pyobject == "Decimal" else pyobject)

    @functions.signature({"types": []})
    def _func_to_number(self, arg: Any) -> int | Decimal | None:
        return number(arg)

    @functions.signature({"types": []})
    def _func_to_string(self, arg: Any) -> str:
        return arg if isinstance(arg, str) else encode(arg).decode()

    @functions.signature({"types": []})
    def _func_type(self, arg: Any) -> Any:
        return "number" if isinstance(arg, Decimal) else super()._func_type(arg)


_OPTIONS = Options(custom_functions=_Functions())


def number(value: Any) -> int | Decimal | None:
    """A number of JSON, or a text that is one, exactly; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, str) and _JSON_NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def _nodes(node: Any) -> Any:
    yield node
    for child in node.get("children", ()):
        if isinstance(child, dict) and "type" in child:
            yield from _nodes(child)


def _called(node: Any) -> list[str]:
    return [each["value"] for each in _nodes(node) if each["type"] == "function_expression"]


def _make_exact(node: Any) -> None:
    for each in _nodes(node):
        if each["type"] == "literal":
            each["value"] = _exact(each["value"])


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [_exact(each) for each in value]
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    return value
