"""The replay beside the picture: a thread that sends, and says how far it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from betpnl.games import load_games
from betpnl.replay import Options, Report, Sink, SystemClock, plan, run, start_time


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
        """End the replay, wait until Kafka has answered for every record, and say how it went.

        Raises what the replay itself raised.
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
            self._report = run(planned, self._sink, clock, self._note, self._stop.is_set)
        except BaseException as error:
            self._error = error

    def _note(self, report: Report, now_s: float, lag_s: float) -> None:
        del now_s
        self.progress = Progress(report.sent, lag_s)
