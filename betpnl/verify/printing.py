"""The outcome of an audit, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from betpnl.verify.compare import Report
from betpnl.verify.history import Account
from betpnl.verify.log import Offsets

CLEAN, DIFFERENT, CANNOT_TELL = 0, 1, 2


@dataclass(frozen=True)
class Outcome:
    """All that an audit found.

    newer: messages that came after the stated offsets. passed_by: bets scored by another model
    than the one to score again with, None if none was.
    """

    reports: Sequence[Report]
    accounts: Mapping[str, Account]
    until: Offsets
    newer: int
    passed_by: int | None
    took_s: float

    @property
    def clean(self) -> bool:
        """Whether every row is as it must be and every message accounted for."""
        return all(report.clean for report in self.reports) and all(
            account.accounted for account in self.accounts.values()
        )

    @property
    def code(self) -> int:
        """The exit code. With newer messages in the tables a difference means nothing."""
        if self.clean:
            return CLEAN
        return CANNOT_TELL if self.newer else DIFFERENT

    def verdict(self) -> str:
        """One sentence."""
        if self.clean:
            return "Every row is as the log says."
        if self.newer:
            return (
                f"Cannot tell: {self.newer:,} messages came after the offsets that were read, and "
                "the tables may hold them. Let the input rest and verify again."
            )
        rows = sum(each.missing + each.unexpected + each.different for each in self.reports)
        return f"{rows:,} rows are not as the log says."


def accounting(accounts: Mapping[str, Account]) -> str:
    """What became of the messages, in one line."""
    total = Account()
    for account in accounts.values():
        total.messages += account.messages
        total.newest += account.newest
        total.older += account.older
        total.repeated += account.repeated
        total.rejected += account.rejected
    return (
        f"{total.messages:,} messages = {total.newest:,} newest + {total.older:,} superseded "
        f"+ {total.repeated:,} repeated + {total.rejected:,} rejected"
        + ("" if total.accounted else ": THIS DOES NOT ADD UP")
    )


def print_outcome(outcome: Outcome, console: Console) -> None:
    """Print the tables, the first differences, the accounting and the verdict."""
    table = Table(box=None, header_style="bold")
    table.add_column("table")
    for name in ("expected", "found", "missing", "unexpected", "different"):
        table.add_column(name, justify="right")
    for report in outcome.reports:
        counts = (report.missing, report.unexpected, report.different)
        table.add_row(
            report.table,
            f"{report.expected:,}",
            f"{report.found:,}",
            *(Text(f"{count:,}", style="bold red" if count else "dim") for count in counts),
        )
    console.print(table)
    examples = [example for report in outcome.reports for example in report.examples]
    if examples:
        shown = Table("table", "key", "column", "expected", "found", box=None, title="differences")
        for each in examples:
            # Text, not str: a bet's id may look like rich's markup.
            fields = (each.table, each.key, each.column, each.expected, each.found)
            shown.add_row(*map(Text, fields))
        console.print(shown)
    if outcome.passed_by:
        console.print(f"{outcome.passed_by:,} bets were scored by another model: not scored again.")
    console.print(accounting(outcome.accounts), highlight=False, soft_wrap=True)
    style = {CLEAN: "bold green", DIFFERENT: "bold red"}.get(outcome.code, "bold yellow")
    console.print(Text(f"{outcome.verdict()} ({outcome.took_s:.0f} s)", style=style))


def as_json(outcome: Outcome) -> str:
    """The same as JSON, on one line."""
    return json.dumps(
        {
            "clean": outcome.clean,
            "verdict": outcome.verdict(),
            "until": outcome.until,
            "newer": outcome.newer,
            "messages": {name: asdict(account) for name, account in outcome.accounts.items()},
            "tables": [asdict(report) for report in outcome.reports],
            "took_s": round(outcome.took_s, 3),
        }
    )
