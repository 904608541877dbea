"""What changed since a watermark: the highest time or number seen.

Each reading begins an overlap before it: for records that become visible late, and for those
with the same time. No time ahead of the clock moves the watermark, or one wrong clock at the
client's would hide all that comes after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
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
    began_s: when a reading of several pages began.
    """

    low: str | None = None
    high: str | None = None
    peak: str | None = None
    inner: Place | None = None
    began_s: float | None = None


class Since(Walk):
    """The answer holds what changed since a time or number."""

    def __init__(self, file: SincePaging, base: Ask, inner: Callable[[Inner, Ask], Walk]) -> None:
        """inner: makes the walk through one answer's pages."""
        self._file, self._base, self._make_inner = file, base, inner
        self._inner: tuple[str | None, Walk] | None = None

    @property
    def start(self) -> Place:
        """The file's start, or the beginning of all."""
        given = self._file.start
        return asdict(_At(low=None if given is None else str(self._read(given))))

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
        # What changes while the pages of one answer are read may be missed by them, and must then
        # lie behind the mark: it goes no further than to when they were begun.
        began_s = page.now_s if self._file.inner is None or at.began_s is None else at.began_s
        now = Decimal(int(began_s * _SECOND))
        capped = [min(value, now) for value in values] if self._file.type == "time" else values
        peak = _highest(at.peak, max(capped, default=None))
        if self._file.inner is not None:
            walk = self._through(at)
            inner = walk.step(at.inner or walk.start, page)
            if not inner.end:
                on = _At(at.low, at.high, _text(peak), inner.place, began_s)
                return Step(asdict(on), note=inner.note)
            return self._end(at, peak, inner.note)
        if self._file.size and len(page.records) >= self._file.size:
            return self._full(at, values, max(capped, default=None), peak)
        return self._end_or_on(at, max(capped, default=None), peak)

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
        return Step(asdict(_At(str(low), at.high, _text(peak))))

    def _end_or_on(self, at: _At, top: Decimal | None, peak: Decimal | None) -> Step:
        low = self._back_to(top)
        if (
            low is not None
            and at.low is not None
            and at.high is not None
            and top is not None
            and low > Decimal(at.low)
            and top < Decimal(at.high)
        ):
            # It does not reach what was seen before: the API gives less at once than the file
            # says. Going on from its end gets past that.
            return Step(asdict(_At(str(low), at.high, _text(peak))))
        return self._end(at, peak, "")

    def _end(self, at: _At, peak: Decimal | None, note: str) -> Step:
        high = _highest(at.high, peak)
        if high is None:
            return Step(asdict(_At(at.low)), end=True, note=note)
        return Step(asdict(_At(str(high - self._overlap()), str(high))), end=True, note=note)

    def _through(self, at: _At) -> Walk:
        assert self._file.inner is not None
        if self._inner is None or self._inner[0] != at.low:
            self._inner = (at.low, self._make_inner(self._file.inner, self._asked(at)))
        return self._inner[1]

    def _asked(self, at: _At) -> Ask:
        if at.low is None:
            return self._base
        return self._base.with_params({self._file.parameter: self._written(Decimal(at.low))})

    def _back_to(self, value: Decimal | None) -> Decimal | None:
        if value is None or self._file.inclusive:
            return value
        return value - self._step()

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
