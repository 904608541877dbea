"""The reason why a record is none, taken apart for the program that sent it."""

from __future__ import annotations

import re

import msgspec

# A path of field names and places, as the checks write it: `legs[0].odds`, `system, each_way`.
_CHECKED = re.compile(r"([a-z_]+(?:\[.*?\])?(?:\.[a-z_]+)*(?:, [a-z_]+)*): (.+)", re.DOTALL)
_DECODED = re.compile(r"(.+?)(?: - at `(key in )?\$(.*)`)?", re.DOTALL)
_NO_JSON = ("JSON is malformed", "Input data was truncated")
_MISSING = re.compile(r"Object missing required field `([^`]*)`")


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a record. field: where, '' when it is not about one."""

    code: str
    field: str
    message: str


def fault(reason: str) -> Fault:
    """The fault behind a reason of the contract's reader."""
    checked = _CHECKED.fullmatch(reason)
    if checked:
        field, message = checked.groups()
        return Fault("invalid", field, message)
    decoded = _DECODED.fullmatch(reason)
    assert decoded is not None
    message, _, path = decoded.groups()
    path = (path or "").removeprefix(".")
    missing = _MISSING.fullmatch(message)
    if missing:
        field = f"{path}.{missing[1]}" if path else missing[1]
        return Fault("missing", field, "is missing")
    return Fault("malformed" if message.startswith(_NO_JSON) else "invalid", path, message)
