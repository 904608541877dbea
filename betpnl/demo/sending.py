"""The replay beside the picture: a thread that sends, and says how far it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from betpnl.demo.endings import endings
from betpnl.games import load_games
from betpnl.replay import Options, Plan, Report, Sink, SystemClock, plan, run, start_time

_FLUSH_MAX_S = 30.0


@dataclass(frozen=True)
class Progress:
    """records: handed over so far; lag_s: how far behind plan the newest were."""

    records: int = 0
    lag_s: float = 0.0


class Sending:
    """One replay in a thread of its own."""

    def __init__(self, options: Options, sink: Sink) -> None:
        self._options = options
        self._sink = sink
        self._stop = threading.Event()
        self._report: Report | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self.progress = Progress()

    def start(self) -> None:
        """Begin; the first bet is due within a second or two."""
        self._thread.start()

    def over(self) -> bool:
        """Whether everything is sent, or the replay broke off."""
        return not self._thread.is_alive()

    def stop(self) -> Report:
        """End the replay, and the games that are still open; say how it went.

        Returns once Kafka has answered for every record. Raises what the replay itself raised.
        """
        self._stop.set()
        if self._thread.ident is None:
            return Report(interrupted=True)
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._report is not None
        return self._report

    def _run(self) -> None:
        try:
            games, clock = load_games(), SystemClock()
            planned = plan(self._options, games, start_time(clock))
            report = run(planned, self._sink, clock, self._note, self._stop.is_set)
            if report.interrupted:
                self._end_games(planned, report)
            self._report = report
        except BaseException as error:
            self._error = error

    def _end_games(self, planned: Plan, report: Report) -> None:
        for block in endings(planned, report.took_s):
            self._sink.send(block, 0, len(block.values))
            report.topics[block.topic.name] += len(block.values)
        self._sink.flush(_FLUSH_MAX_S)
        report.waiting, report.failures = self._sink.waiting(), self._sink.failures()

    def _note(self, report: Report, now_s: float, lag_s: float) -> None:
        del now_s
        self.progress = Progress(report.sent, lag_s)
