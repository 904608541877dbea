"""Which tables the job writes."""

from __future__ import annotations

import re

from betpnl.job.plans import NOWHERE
from betpnl.job.statements import BET_ROWS, SQL, inserts, sql_values
from betpnl.settings import Settings


def _written(*, bet_rows: bool) -> set[str]:
    values = sql_values(Settings(), NOWHERE)
    found = (re.search(r"INSERT INTO (\w+)", text) for text in inserts(values, bet_rows=bet_rows))
    return {match[1] for match in found if match}


def test_every_table_is_written_unless_the_rows_of_bets_are_left_out() -> None:
    every = {path.stem for path in (SQL / "sinks").glob("*.sql")}
    assert _written(bet_rows=True) == every
    assert _written(bet_rows=False) == every - BET_ROWS
    assert every > BET_ROWS
