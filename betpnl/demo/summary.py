"""The last words of a demo."""

from __future__ import annotations

from rich.table import Table

from betpnl.demo.account import Account
from betpnl.replay import Report


def sent(report: Report, first_row_s: float | None) -> Table:
    """What was sent. first_row_s: from the start of the command to the first row in MySQL."""
    table = _table()
    seen = "not seen" if first_row_s is None else f"{first_row_s:.1f} s"
    table.add_row("first row", seen, "after the start of the demo")
    table.add_row("bets", f"{report.bets:,}", f"in {report.took_s:,.0f} s")
    for kind, count in report.kinds.items():
        table.add_row("", f"{count:,}", kind)
    for topic, count in report.topics.items():
        table.add_row("records", f"{count:,}", topic)
    table.add_row("delivered", f"{report.delivered:,}", f"of {report.sent:,}, to Kafka")
    return table


def accounted(account: Account) -> Table:
    """Where every bet that was ever sent to this log stands now."""
    table = _table()
    table.add_row("bets in the log", f"{account.log:,}", "records, all runs")
    table.add_row("=", f"{account.rows.newest:,}", "newest versions, in bet")
    table.add_row("+", f"{account.rows.earlier:,}", "earlier and repeated versions, in bet_version")
    table.add_row("+", f"{account.rows.rejected:,}", "rejected, in bet_reject")
    return table


def _table() -> Table:
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column()
    return table
