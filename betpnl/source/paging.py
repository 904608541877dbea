"""The condition for the rows behind a key, in the order of the index and served by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from betpnl.source.keys import Key, Part

_LABEL = re.compile(r"'((?:[^']|'')*)'")


def beyond(
    columns: Sequence[str], types: Sequence[str], after: Key | None
) -> tuple[str, list[Any]]:
    """A condition for the keys behind one, and its arguments.

    columns: as they stand in SQL. types: their MySQL types, an ENUM's with its labels.
    """
    if after is None:
        return " AND ".join(f"{column} IS NOT NULL" for column in columns), []
    branches: list[str] = []
    arguments: list[Any] = []
    for place, (column, kind, part) in enumerate(zip(columns, types, after, strict=True)):
        later, argument = _later(column, kind, part)
        same = [f"{each} = %s" for each in columns[:place]]
        branches.append(" AND ".join([*same, later]))
        arguments += [*after[:place], argument]
    return " OR ".join(f"({each})" for each in branches), arguments


def _later(column: str, kind: str, part: Part) -> tuple[str, Any]:
    if not kind.lower().startswith("enum("):
        return f"{column} > %s", part
    # An ENUM is sorted by its numbers, but compared with a text as a text; and only numbers that
    # are named one by one are looked up in the index.
    labels = [label.replace("''", "'") for label in _LABEL.findall(kind)]
    first = labels.index(str(part)) + 2 if part in labels else 1
    return f"{column} IN %s", list(range(first, len(labels) + 1)) or [None]
