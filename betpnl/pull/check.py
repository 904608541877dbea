"""`betpnl pull --check`: one page, what becomes of its records, and nothing published."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from betpnl.contract.reading import plain_text
from betpnl.errors import UserError
from betpnl.pull.faults import Fault
from betpnl.pull.fetch import Fetcher
from betpnl.pull.loading import Pull
from betpnl.pull.outgoing import Maker, Outgoing
from betpnl.pull.puller import page_of, records_of, step_of, walk_of

_ROWS_MAX = 20
_RECORD_LENGTH_MAX = 4000


@dataclass(frozen=True)
class Checked:
    """What one page holds. further: how the list goes on, in words."""

    pull: Pull
    records: Sequence[Outgoing]
    further: str

    @property
    def invalid(self) -> int:
        """Records that the contract rejects."""
        return sum(1 for each in self.records if each.fault)


async def check(pull: Pull, fetcher: Fetcher, maker: Maker) -> Checked:
    """Fetch the first page. Raises UserError where a run would wait and try again."""
    walk = walk_of(pull, fetcher.secret_parameter)
    try:
        async with fetcher:
            answer = await fetcher.get(walk.ask(walk.start))
        records = records_of(pull, answer)
        made = [maker.make(record) for record in records]
        page = page_of(
            answer, records, [each.digest for each in made], [None] * len(made), time.time()
        )
        step = step_of(walk, walk.start, page)
    except Fault as fault:
        raise UserError(f"{pull.path}: {fault}.") from None
    return Checked(pull, made, "the list ends here" if step.end else "the list goes on")


def shown(checked: Checked) -> RenderableType:
    """The records with what the contract says of them."""
    table = Table("", "Record", "Contract", show_lines=True)
    for number, each in enumerate(checked.records[:_ROWS_MAX], start=1):
        verdict = Text(_plain(each.fault), style="red") if each.fault else Text("valid", "green")
        record = Text(_plain(each.value.decode("utf-8", "replace")), overflow="fold")
        table.add_row(str(number), record, verdict)
    count = len(checked.records)
    left = f", the first {_ROWS_MAX} of them above" if count > _ROWS_MAX else ""
    return Group(
        table,
        Text(
            f"{checked.pull.name}: {count} records for {checked.pull.topic.name}{left}, "
            f"{checked.invalid} of them invalid; {checked.further}."
        ),
    )


def _plain(text: str) -> str:
    # What a client writes must not reach into the terminal.
    cut = plain_text(text, _RECORD_LENGTH_MAX)
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cut
    )
