"""Sends a plan on time. Open loop: a slow receiver never slows the plan down, it is measured."""

from __future__ import annotations

import gc
from array import array
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from betpnl.replay.clock import Clock
from betpnl.replay.messages import Block
from betpnl.replay.plan import Plan
from betpnl.replay.sinks import Sink

LEAD_S = 0.3
"""Time between the start of the run and the first bet, to have messages ready."""

# Messages due within this are ready before they are due.
_READY_S = 0.2
# Shorter sleeps cost more wake-ups than they save delay.
_SLEEP_MIN_S = 0.002
_SLEEP_MAX_S = 0.1
_WATCH_S = 0.2
_FLUSH_TIMEOUT_S = 60.0


@dataclass
class Report:
    """How a run went.

    kinds: of the messages in whole blocks; a run that was interrupted leaves a part of one out.
    planned_s: length of the plan; took_s: until the last message. Of each hand-over, lags_s: how
    far behind its moment its oldest message was; due_s: when that was, from the plan's origin;
    messages: how many it had.
    """

    topics: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    failures: int = 0
    last_failure: str = ""
    planned_s: float = 0.0
    took_s: float = 0.0
    lags_s: array[float] = field(default_factory=lambda: array("d"))
    due_s: array[float] = field(default_factory=lambda: array("d"))
    messages: array[int] = field(default_factory=lambda: array("q"))
    interrupted: bool = False

    @property
    def sent(self) -> int:
        """Messages handed over."""
        return self.topics.total()

    @property
    def delivered(self) -> int:
        """Messages that were acknowledged."""
        return self.sent - self.waiting - self.failures

    @property
    def bets(self) -> int:
        """Bets sent, each counted once."""
        return sum(self.kinds[kind] for kind in ("singles", "accumulators", "systems"))

    def lag_s(self, share: float, from_s: float = 0.0) -> float:
        """The lag that this share of messages stayed within, each with that of its hand-over;
        0 before the first.

        from_s: of those that were due no earlier, in seconds from the plan's origin.
        """
        chosen = np.asarray(self.due_s) >= from_s
        lags_s, messages = np.asarray(self.lags_s)[chosen], np.asarray(self.messages)[chosen]
        if not len(lags_s):
            return 0.0
        return float(np.quantile(lags_s, share, weights=messages, method="inverted_cdf"))


Watcher = Callable[[Report, float, float], None]
"""Called a few times a second with the report so far, the seconds into the plan, and how far
behind plan the newest messages were (s)."""


def start_time(clock: Clock) -> datetime:
    """An origin for a plan that is about to be made and run."""
    return datetime.fromtimestamp(clock.now() + LEAD_S, UTC)


def run(
    plan: Plan,
    sink: Sink,
    clock: Clock,
    watch: Watcher | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Send every message of a plan at its moment; returns when all are sent and acknowledged.

    The plan's origin should lie just ahead (`start_time`): what is already due is sent at once.
    stop: asked before each hand-over; once it says True, the run ends early, and the report
    says what was delivered until then.
    """
    report = Report(planned_s=plan.timeline.ends_s)
    sending = _Sending(plan, sink, clock, report, watch)
    # What stands now, all the games among it, lives as long as the run: walking it again and
    # again for garbage would hold up the bets for tenths of a second.
    gc.collect()
    gc.freeze()
    try:
        sending.all(stop)
    finally:
        gc.unfreeze()
    report.took_s = max(0.0, clock.now() - plan.origin.timestamp())
    sink.flush(_FLUSH_TIMEOUT_S)
    sending.note_fates()
    return report


class _Sending:
    """Keeps blocks ready a little ahead, and hands over what is due."""

    def __init__(
        self, plan: Plan, sink: Sink, clock: Clock, report: Report, watch: Watcher | None
    ) -> None:
        self._origin_s = plan.origin.timestamp()
        self._blocks: Iterator[Block] = plan.blocks()
        self._ready: deque[Block] = deque()
        self._more = True
        self._sink = sink
        self._clock = clock
        self._report = report
        self._watch = watch
        self._watched_s = 0.0

    def all(self, stop: Callable[[], bool]) -> None:
        """Send the whole plan, or as much of it as there is time for."""
        while self._ready or self._make():
            block = self._ready[0]
            sent = 0
            while sent < len(block.at_s):
                if stop():
                    self._report.interrupted = True
                    return
                now_s = self._clock.now() - self._origin_s
                due = bisect_right(block.at_s, now_s, lo=sent)
                if due > sent:
                    self._hand_over(block, sent, due, now_s)
                    sent = due
                elif not self._make_ahead(now_s):
                    wait_s = block.at_s[sent] - now_s
                    self._clock.sleep(min(max(wait_s, _SLEEP_MIN_S), _SLEEP_MAX_S))
                    self._look(now_s, 0.0)
            self._ready.popleft()
            self._report.kinds.update(block.kinds)

    def note_fates(self) -> None:
        """Bring the report up to date with what the sink knows."""
        self._report.waiting = self._sink.waiting()
        self._report.failures = self._sink.failures()
        self._report.last_failure = self._sink.last_failure()

    def _hand_over(self, block: Block, start: int, stop: int, now_s: float) -> None:
        self._sink.send(block, start, stop)
        lag_s = now_s - block.at_s[start]
        self._report.lags_s.append(lag_s)
        self._report.due_s.append(block.at_s[start])
        self._report.messages.append(stop - start)
        self._report.topics[block.topic.name] += stop - start
        self._look(now_s, lag_s)

    def _look(self, now_s: float, lag_s: float) -> None:
        if self._watch is not None and now_s - self._watched_s >= _WATCH_S:
            self._watched_s = now_s
            self.note_fates()
            self._watch(self._report, now_s, lag_s)

    def _make_ahead(self, now_s: float) -> bool:
        """Make one more block unless enough are ready; whether one was made."""
        return self._ready[-1].at_s[-1] - now_s < _READY_S and self._make()

    def _make(self) -> bool:
        block = next(self._blocks, None) if self._more else None
        self._more = block is not None
        if block is not None:
            self._ready.append(block)
        return self._more
