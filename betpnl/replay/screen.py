"""What `betpnl replay` shows: a progress bar while it runs, a table when it is over."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from betpnl.replay.plan import Plan
from betpnl.replay.sender import Report

# The rate shown is the mean of about this many updates.
_SMOOTH = 5


class Screen:
    """A progress bar over the plan's time, with the rate achieved and the lag behind plan."""

    def __init__(self, console: Console, plan: Plan) -> None:
        self._plan = plan
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[words]}"),
            TimeRemainingColumn(),
            console=console,
        )
        games = len(plan.timeline.fixtures)
        self._task = self._progress.add_task(
            f"{games} games, seed {plan.options.seed}", total=plan.timeline.ends_s, words=""
        )
        self._before = (0.0, 0)
        self._rate = 0.0

    def __enter__(self) -> Screen:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(self, report: Report, now_s: float, lag_s: float) -> None:
        """Move the bar. now_s: seconds into the plan."""
        before_s, before = self._before
        self._before = now_s, report.sent
        if now_s > before_s:
            rate = (report.sent - before) / (now_s - before_s)
            self._rate += (rate - self._rate) / _SMOOTH
        self._progress.update(
            self._task,
            completed=now_s,
            words=f"{report.sent:,} sent, {self._rate:,.0f}/s, {lag_s * 1000:.0f} ms behind",
        )


def summary(plan: Plan, report: Report, arrived: str) -> Table:
    """What was sent, and how far from the plan. arrived: where to, in words."""
    table = Table(show_header=False, box=None)
    table.add_column(justify="left", style="bold")
    table.add_column(justify="right")
    table.add_column(justify="left")
    seconds = min(report.took_s, plan.timeline.bets_end_s) or 1.0
    if report.interrupted:
        table.add_row("interrupted", f"{report.took_s:,.1f} s", f"of {report.planned_s:,.1f} s")
    else:
        table.add_row("bets", f"{report.bets:,}", f"{report.bets / seconds:,.0f} a second")
        for kind, count in report.kinds.items():
            table.add_row("", f"{count:,}", kind)
    for topic, count in report.topics.items():
        table.add_row("records", f"{count:,}", topic)
    table.add_row("delivered", f"{report.delivered:,}", arrived)
    table.add_row("failed", f"{report.failures:,}", report.last_failure)
    if report.waiting:
        table.add_row("unknown", f"{report.waiting:,}", "sent, but not acknowledged in time")
    table.add_row(
        "behind plan",
        f"{report.lag_s(0.5) * 1000:.1f} ms",
        f"median; 99 % within {report.lag_s(0.99) * 1000:.1f} ms, "
        f"all within {report.lag_s(1.0) * 1000:.1f} ms",
    )
    again = f"--seed {plan.options.seed}" + (
        f" --run {plan.options.run}" if plan.options.run else ""
    )
    table.add_row("again", "", f"{again} and the same options send the same bets")
    return table
