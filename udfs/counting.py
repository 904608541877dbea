"""What the functions count for Flink's metrics, which the monitor reads.

Each name costs about 10 microseconds a batch, whatever it counts, so there are few; a time is a
sum of microseconds, which divided by batches or rows tells what one of them takes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from pyflink.table import FunctionContext

from betpnl.bet_rows import MODEL_VERSION, Row
from betpnl.model.outcome import FALLBACK_VERSION

RECORDS, REJECTS = "betpnl_records", "betpnl_rejects"
FALLBACKS, BATCHES, MICROSECONDS = "betpnl_fallbacks", "betpnl_batches", "betpnl_microseconds"
STALE, CHALLENGER_OUT = "betpnl_stale", "betpnl_unchallenged"
"""How many workers it is so for: these go up and down again."""


class BetCounts:
    """Counts batches of bets."""

    def __init__(self, context: FunctionContext) -> None:
        self._group = context.get_metric_group()
        names = (RECORDS, REJECTS, FALLBACKS, BATCHES, MICROSECONDS)
        self._counters = {name: self._group.counter(name) for name in names}
        self._so = {STALE: False, CHALLENGER_OUT: False}

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add one batch and the time that the block takes."""
        began_ns = time.perf_counter_ns()
        yield
        self._add(BATCHES, 1)
        self._add(MICROSECONDS, (time.perf_counter_ns() - began_ns) // 1000)

    def rows(self, rows: Sequence[Row]) -> None:
        """Add what came of a batch."""
        rejects = sum(row[0] is not None for row in rows)
        self._add(RECORDS, len(rows))
        self._add(REJECTS, rejects)
        self._add(
            FALLBACKS,
            sum(row[0] is None and row[MODEL_VERSION] == FALLBACK_VERSION for row in rows),
        )

    def models(self, *, stale: bool, challenger_out: bool) -> None:
        """Tell whether this worker's models are those of their files.

        Only in a batch: what is counted outside of one is lost.
        """
        for name, so in ((STALE, stale), (CHALLENGER_OUT, challenger_out)):
            if so != self._so[name]:
                self._so[name] = so
                # Made only now: in normal life these cost nothing.
                counter = self._group.counter(name)
                counter.inc() if so else counter.dec()

    def _add(self, name: str, count: int) -> None:
        # Zero as well: Flink lists a counter only once something was added to it.
        self._counters[name].inc(count)


class FeedCounts:
    """Counts records and rejects of every other topic, under the topic's name."""

    def __init__(self, context: FunctionContext) -> None:
        self._group = context.get_metric_group()

    def rows(self, topics: Iterable[str], rows: Sequence[Row]) -> None:
        """Add what came of a batch; a reject's first field is its reason."""
        found: Counter[str] = Counter()
        for topic, row in zip(topics, rows, strict=True):
            found[f"{RECORDS}_{topic}"] += 1
            found[f"{REJECTS}_{topic}"] += row[0] is not None
        for name, count in found.items():
            self._group.counter(name).inc(count)
