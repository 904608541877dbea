"""Holds rows that MySQL has against those that it should have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from betpnl.verify.tables import Key, Row, Rows, Table, Value

NULL = "\x1e"
"""Stands for NULL in a found row, which is all text; no text of ours holds it."""

Texts = Sequence[str]
Fault = tuple[str, str, str]
"""Column, what it must be, what it is."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be. column: '' where it is the whole row."""

    table: str
    key: str
    column: str
    expected: str
    found: str


@dataclass
class Report:
    """How a table stands. different: rows, not columns. examples: the first differences."""

    table: str
    expected: int = 0
    found: int = 0
    missing: int = 0
    unexpected: int = 0
    different: int = 0
    examples: list[Difference] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every row is there and as it should be."""
        return not (self.missing or self.unexpected or self.different)


def as_text(value: Value) -> str:
    """A value for whoever reads a difference."""
    return "NULL" if value is None else str(value)


def _key_text(key: Iterable[Value]) -> str:
    return " | ".join(map(as_text, key))


class Comparison:
    """Takes a table's rows one by one and keeps count. examples_max: differences kept."""

    def __init__(self, table: Table, examples_max: int) -> None:
        self.report = Report(table.name)
        self._table = table
        self._columns = tuple(table.columns.items())
        self._examples_max = examples_max

    def key_of(self, texts: Texts) -> Key:
        """The primary key of a found row."""
        return tuple(
            read(text)
            for (_, read), text in zip(self._columns, texts[: self._table.key], strict=False)
        )

    def found(self, expected: Row | None, texts: Texts, faults: Iterable[Fault] = ()) -> None:
        """A row that MySQL has, beside the one that it should be, None if there is none.

        faults: stored values that cannot stand although the row is taken as it says.
        """
        self.report.found += 1
        if expected is None:
            self.report.unexpected += 1
            self._example(texts[: self._table.key], "", "no row", "a row")
            return
        self.report.expected += 1
        differences = [*self._differing(expected, texts), *faults]
        self.report.different += bool(differences)
        for difference in differences:
            self._example(expected[: self._table.key], *difference)

    def missing(self, key: Key) -> None:
        """A row that MySQL should have and does not."""
        self.report.expected += 1
        self.report.missing += 1
        self._example(key, "", "a row", "no row")

    def _differing(self, expected: Row, texts: Texts) -> Iterator[Fault]:
        for (column, read), want, text in zip(self._columns, expected, texts, strict=True):
            if (None if text == NULL else read(text)) != want:
                yield column, as_text(want), "NULL" if text == NULL else text

    def _example(self, key: Iterable[Value], column: str, expected: str, found: str) -> None:
        if len(self.report.examples) < self._examples_max:
            self.report.examples.append(
                Difference(self.report.table, _key_text(key), column, expected, found)
            )


def compare(table: Table, expected: Rows, found: Iterable[Texts], examples_max: int = 20) -> Report:
    """How a table whose rows are all at hand stands against what MySQL has."""
    comparison = Comparison(table, examples_max)
    left = dict(expected)
    for texts in found:
        whole = len(texts) == len(table.columns)
        comparison.found(left.pop(comparison.key_of(texts), None) if whole else None, texts)
    for key in left:
        comparison.missing(key)
    return comparison.report
