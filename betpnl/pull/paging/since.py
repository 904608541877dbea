"""What changed since a watermark: the highest time or number seen.

Each reading begins an overlap before it: for records that become visible late, and for those
with the same time. No time moves the watermark beyond the moment when a reading began: what
becomes visible behind a reading of many pages must be found by the next one, and one wrong clock at
the client's must not hide all that comes after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from betpnl.pull.expressions import number
from betpnl.pull.faults import Fault
from betpnl.pull.json_exact import encode
from betpnl.pull.paging.walking import Ask, Page, Place, Step, Walk
from betpnl.pull.paging_file import CursorPaging, NextPaging, PagePaging, SincePaging
from betpnl.pull.times import to_micros, to_text

Inner = CursorPaging | NextPaging | PagePaging

_SECOND = 1_000_000
# Arithmetic on what is longer would be rounded.
_DIGITS_MAX = 24
# The smallest step of what is sent: going back by it makes > mean >=.
_STEPS = {"iso": 1000, "ms": 1000, "s": _SECOND}


@dataclass(frozen=True)
class _At:
    """The place; values are microseconds since 1970, or numbers, as texts.

    low: what is sent. high: the highest of all readings that came to their end; peak: of this one.
    began_s: when a reading of several pages began. most: records in the longest answer so far.
    """

    low: str | None = None
    high: str | None = None
    peak: str | None = None
    inner: Place | None = None
    began_s: float | None = None
    most: int = 0


class Since(Walk):
    """The answer holds what changed since a time or number."""

    def __init__(self, file: SincePaging, base: Ask, inner: Callable[[Inner, Ask], Walk]) -> None:
        """inner: makes the walk through one answer's pages."""
        self._file, self._base, self._make_inner = file, base, inner

    @property
    def start(self) -> Place:
        """The file's start, or the beginning of all."""
        given = self._file.start
        return asdict(_At(low=None if given is None else str(self._read(given))))

    def begins(self, place: Place) -> bool:
        """Whether a reading begins here."""
        return _At(**place).began_s is None

    def ask(self, place: Place) -> Ask:
        """What changed since the place's low mark."""
        at = _At(**place)
        base = self._asked(at)
        if self._file.inner is None:
            return base.with_params(self._file.size_parameters())
        walk = self._through(at)
        return walk.ask(at.inner or walk.start)

    def step(self, place: Place, page: Page) -> Step:
        """On through the answer, or to the next reading."""
        at = _At(**place)
        values = [value for value in map(self._value, page.records) if value is not None]
        began_s = page.now_s if at.began_s is None else at.began_s
        at = replace(at, began_s=began_s)
        began = Decimal(int(began_s * _SECOND))
        timed = self._file.type == "time"
        peak = _highest(
            at.peak, max((min(each, began) if timed else each for each in values), default=None)
        )
        top = max(values, default=None)
        if timed and top is not None:
            top = min(top, Decimal(int(page.now_s * _SECOND)))
        if self._file.inner is not None:
            walk = self._through(at)
            inner = walk.step(at.inner or walk.start, page)
            if not inner.end:
                return Step(
                    asdict(replace(at, peak=_text(peak), inner=inner.place)), note=inner.note
                )
            return self._end(at, peak, inner.note)
        count = len(page.records)
        if self._file.size and count >= self._file.size:
            return self._full(at, values, top, peak)
        return self._end_or_on(at, count, top, peak)

    def _full(
        self, at: _At, values: list[Decimal], top: Decimal | None, peak: Decimal | None
    ) -> Step:
        if values != sorted(values):
            raise Fault(
                "an answer as long as paging.size is not sorted by paging.field, oldest first, so "
                "the rest cannot be had; sort it (params), or say how it is paged (paging.inner)",
                slow=True,
            )
        low = self._back_to(top)
        if low is None or (at.low is not None and low <= Decimal(at.low)):
            raise Fault(
                "an answer as long as paging.size does not lead beyond where it began; raise the "
                "size, or say how it is paged (paging.inner)",
                slow=True,
            )
        return Step(asdict(replace(at, low=str(low), peak=_text(peak))))

    def _end_or_on(self, at: _At, count: int, top: Decimal | None, peak: Decimal | None) -> Step:
        """The end, unless the answer may have been cut to fewer records than the file says: it
        is as long as any yet, or does not reach what was seen before. Then on from its end."""
        low, most = self._back_to(top), max(count, at.most)
        if top is not None and low is not None and (at.low is None or low > Decimal(at.low)):
            short = at.high is not None and top < Decimal(at.high)
            if count == most or short:
                return Step(asdict(replace(at, low=str(low), peak=_text(peak), most=most)))
        return self._end(at, peak, "", most)

    def _end(self, at: _At, peak: Decimal | None, note: str, most: int = 0) -> Step:
        high = _highest(at.high, peak)
        if high is None:
            return Step(asdict(_At(at.low, most=most)), end=True, note=note)
        low = str(high - self._overlap())
        return Step(asdict(_At(low, str(high), most=most)), end=True, note=note)

    def _through(self, at: _At) -> Walk:
        assert self._file.inner is not None
        return self._make_inner(self._file.inner, self._asked(at))

    def _asked(self, at: _At) -> Ask:
        if at.low is None:
            return self._base
        return self._base.with_params({self._file.parameter: self._written(Decimal(at.low))})

    def _back_to(self, value: Decimal | None) -> Decimal | None:
        """Where to go on within a reading, after an answer that ends with this value."""
        if value is None:
            return None
        if self._file.type == "number":
            # There is no clock to say what may yet become visible behind a reading of many
            # answers: each of them overlaps.
            return value - self._overlap()
        return value if self._file.inclusive else value - self._step()

    def _step(self) -> Decimal:
        return Decimal(_STEPS[self._file.format] if self._file.type == "time" else 1)

    def _overlap(self) -> Decimal:
        overlap = Decimal(str(self._file.overlap))
        if self._file.type == "time":
            overlap *= _SECOND
        return overlap if self._file.inclusive else max(overlap, self._step())

    def _written(self, value: Decimal) -> str:
        if self._file.type == "number":
            return encode(int(value) if value == value.to_integral_value() else value).decode()
        micros = int(value)
        if self._file.format == "iso":
            return to_text(micros // 1000 * 1000)
        return str(micros // _STEPS[self._file.format])

    def _value(self, record: Any) -> Decimal | None:
        try:
            return self._read(self._file.field.search(record))
        except ValueError:
            return None

    def _read(self, value: Any) -> Decimal:
        """Raises ValueError."""
        if self._file.type == "time":
            return Decimal(to_micros(value, self._file.epoch, self._file.zone))
        found = number(value)
        if found is None or abs(Decimal(found).adjusted()) > _DIGITS_MAX:
            raise ValueError("is no number")
        return Decimal(found)


def _highest(one: str | None, other: Decimal | None) -> Decimal | None:
    if one is None:
        return other
    return Decimal(one) if other is None else max(Decimal(one), other)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
