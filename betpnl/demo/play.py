"""The demo once the services run: the job, the bets, the picture, the proof."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import closing
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.text import Text

from betpnl.demo import summary
from betpnl.demo.account import account, bet_rows
from betpnl.demo.job import wait_until_running
from betpnl.demo.sending import Sending
from betpnl.demo.steps import Steps
from betpnl.errors import UserError
from betpnl.job.schema import filled_tables
from betpnl.mysql import connect
from betpnl.replay import KafkaSink, Options, Report
from betpnl.settings import Settings
from betpnl.stack import Endpoints, flink_rest
from betpnl.stack.flink_conf import state_folder
from betpnl.stack.resolve import board_url
from betpnl.stack.submission import submit
from betpnl.verify.command import verify
from betpnl.verify.log import Log, Offsets
from betpnl.watch.board import MysqlBoard
from betpnl.watch.command import READ_MAX, base_money
from betpnl.watch.live import show
from betpnl.watch.reader import Reader
from betpnl.watch.screen import Frame

LONGEST_S = 3600.0
_READ_EVERY_S = 0.5
_LINE_EVERY_S = 5.0
_CATCH_UP_MAX_S = 300.0
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Wish:
    """What the user asked for. seconds: None until Ctrl-C. rate: bets a second."""

    seconds: float | None
    rate: float
    games: int
    game_s: float
    seed: int | None

    def options(self, base_currency: str, now_s: float) -> Options:
        """A replay whose ids no other demo has. Raises UserError for what makes no replay."""
        return Options(
            seed=secrets.randbelow(1_000_000) if self.seed is None else self.seed,
            run=f"d{_base36(int(now_s))[-7:]}",
            rate=self.rate,
            games=self.games,
            game_s=self.game_s,
            seconds=self.seconds or LONGEST_S,
            base_currency=base_currency,
        )


class Play:
    """One demo. began_s: when the command began, on the monotonic clock."""

    def __init__(
        self,
        settings: Settings,
        found: Endpoints,
        console: Console,
        steps: Steps,
        began_s: float,
    ) -> None:
        self._settings = settings
        self._found = found
        self._console = console
        self._steps = steps
        self._began_s = began_s
        self._bets_before: int | None = None
        self._first_row_s: float | None = None

    def run(self, wish: Wish) -> int:
        """Play; the exit code. Raises KeyboardInterrupt where the end could not be proved."""
        options = wish.options(self._settings.base_currency, time.time())
        self._start_job()
        log = Log(
            self._found.kafka_bootstrap, self._settings.topic_prefix, self._settings.consumer_group
        )
        with closing(log):
            before = log.ends()
            sink = KafkaSink(self._found.kafka_bootstrap, self._settings.topic_prefix)
            sending = Sending(options, sink)
            self._addresses()
            try:
                self._watch(sending, options)
                interrupted = False
            except KeyboardInterrupt:
                interrupted = True
            report = sending.stop()
            if not interrupted and wish.seconds is not None:
                return self._prove(report, before, log)
        self._console.print(summary.sent(report, self._first_row_s))
        if wish.seconds is not None:
            raise KeyboardInterrupt
        self._console.print("Data stay: the next demo goes on from here; `make clean` removes all.")
        return 0

    def _start_job(self) -> None:
        """Submit the job unless it runs already; returns when it is ready for bets."""
        if flink_rest.live_job(self._found.flink_rest_url) is not None:
            self._steps.report("job", "running already")
            return
        self._refuse_without_origin()
        job_id = submit(self._settings, report=lambda line: self._steps.report("job", _short(line)))
        wait_until_running(
            self._found.flink_rest_url,
            job_id,
            self._settings.home / "logs",
            lambda line: self._steps.report("job", line),
            self._settings.start_timeout_s,
        )
        self._steps.report("job", f"ready: {job_id}")

    def _refuse_without_origin(self) -> None:
        with connect(self._found) as connection:
            filled = filled_tables(connection)
        if filled and flink_rest.newest_checkpoint(state_folder(self._settings)) is None:
            raise UserError(
                f"An earlier run was cut off before its first checkpoint, so there are rows in "
                f"{filled[0]} and nothing to go on from; remove {self._settings.home} "
                f"(`make clean` does that for the default home)."
            )

    def _addresses(self) -> None:
        self._steps.close()
        found = self._found
        for name, address in (
            ("Board", board_url(self._settings)),
            ("Flink's web UI", found.flink_rest_url),
            ("MySQL", f"{found.mysql_host}:{found.mysql_port} {found.mysql_version}"),
            ("Kafka", found.kafka_bootstrap),
        ):
            self._console.print(f"{name}: {address}", highlight=False)

    def _watch(self, sending: Sending, options: Options) -> None:
        money = base_money(self._settings)

        def frame() -> Frame:
            self._note_first_row(reader)
            lag = f", {sending.progress.lag_s:.1f} s late" if sending.progress.lag_s > 1 else ""
            return Frame(
                money,
                footer=(
                    f"{sending.progress.records:,} records sent, {options.rate:g} bets/s on "
                    f"{options.games} games side by side{lag}",
                    f"Board {board_url(self._settings)}   Flink's web UI "
                    f"{self._found.flink_rest_url}   in another terminal: .venv/bin/betpnl sql   "
                    "Ctrl-C stops everything",
                ),
            )

        with Reader(MysqlBoard(self._settings, READ_MAX), _READ_EVERY_S) as reader:
            while reader.state.reading is None and not reader.state.problem:
                reader.wait(_READ_EVERY_S)
            if reader.state.reading is not None:
                self._bets_before = reader.state.reading.totals.bets
            sending.start()
            show(reader, self._console, frame, sending.over, _LINE_EVERY_S)

    def _note_first_row(self, reader: Reader) -> None:
        reading = reader.state.reading
        if self._first_row_s is None and reading and reading.totals.bets > (self._bets_before or 0):
            self._first_row_s = time.monotonic() - self._began_s

    def _prove(self, report: Report, before: Offsets, log: Log) -> int:
        """Audit everything, and account for what was sent; 0 only if all of it is there."""
        console = self._console
        console.print("\nEverything is sent. The audit computes every row again from the log.")
        try:
            verify(timeout_s=_CATCH_UP_MAX_S)
            code = 0
        except typer.Exit as leaving:
            code = leaving.exit_code
        after = log.ends()
        with connect(self._found, read_only=True) as connection:
            found = account(report, before, after, bet_rows(connection))
        console.print()
        console.print(summary.sent(report, self._first_row_s))
        console.print(summary.accounted(found))
        for fault in found.faults:
            console.print(Text(fault, style="bold red"))
        if not found.faults and code == 0:
            console.print(Text("Every bet sent is accounted for.", style="bold green"))
        return code or bool(found.faults)


def _short(line: str) -> str:
    """What `submit` says, without the long address of a checkpoint."""
    return re.sub(r"from \S+:/\S+", "from its newest checkpoint", line)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
