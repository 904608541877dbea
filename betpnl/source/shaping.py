"""From the rows of a SELECT to the fields of records.

A column's name is the contract's: `stake`. A dot makes an object: `cash_out.amount`. A field that
is a list of objects takes one row for each: `legs.odds`, `legs.game_id`. A NULL is a field that is
not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from betpnl.contract.topics import Topic
from betpnl.source import keys
from betpnl.source.coercing import shape
from betpnl.source.keys import Key

_ROWS = ("legs",)
"""Fields that take one row for each of their objects."""


def records(
    topic: Topic, columns: Sequence[str], key_columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> dict[Key, dict[str, Any]]:
    """The fields of each record, by its key.

    Raises KeyError, with the column's name, when the SELECT lacks a column of the key. A row
    whose key is NULL belongs to nothing. Where rows of one key contradict the form, the field
    `status` says so, and the record will be rejected with these words.
    """
    layout = _Layout(columns, key_columns)
    grouped: dict[Key, list[Sequence[Any]]] = {}
    for row in rows:
        key = keys.from_row([row[place] for place in layout.key])
        if key is not None:
            grouped.setdefault(key, []).append(row)
    fields = shape(topic).fields
    found = {key: fields(layout.record(each)) for key, each in grouped.items()}
    for record in found.values():
        if "legs" in record:
            record["legs"] = _numbered(record["legs"])
    return found


class _Layout:
    """Where the columns of a SELECT go."""

    def __init__(self, columns: Sequence[str], key_columns: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(columns)}
        self.key = [places[name] for name in key_columns]
        paths = [(name.split("."), place) for name, place in places.items() if name != "key"]
        self._lists = {
            name: [(path[1:], place) for path, place in paths if path[0] == name and path[1:]]
            for name in _ROWS
        }
        self._single = [
            (path, place) for path, place in paths if not (path[0] in _ROWS and path[1:])
        ]

    def record(self, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """The fields of one record, as they stand in its rows."""
        found = _object(self._single, rows[0])
        spread = [name for name, paths in self._lists.items() if paths]
        for name in spread:
            objects = [_object(self._lists[name], row) for row in rows]
            found[name] = [each for each in objects if each]
        if len(rows) > 1 and not spread:
            found["status"] = f"the SELECT gives {len(rows)} rows for this record"
        return found


def _object(paths: Sequence[tuple[list[str], int]], row: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, place in paths:
        if row[place] is None:
            continue
        inner = found
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[path[-1]] = row[place]
    return found


def _numbered(legs: Any) -> Any:
    """Legs by their number, and numbered in their order where nothing numbers them."""
    if not isinstance(legs, list) or not all(isinstance(leg, dict) for leg in legs):
        return legs
    if all(type(leg.get("leg")) is int for leg in legs):
        return sorted(legs, key=lambda leg: leg["leg"])
    return [{"leg": number, **leg} for number, leg in enumerate(legs, start=1)]
