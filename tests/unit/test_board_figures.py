"""What the board works out of the games that it reads: rates, lines, sums, files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from betpnl.board.download import TYPES
from betpnl.board.rates import Rates
from betpnl.board.rows import difference, row_of
from betpnl.board.sparks import EVERY_S, SAMPLES, Sparks
from betpnl.board.table_file import as_csv, as_parquet
from betpnl.board.totals import Totals
from tests.unit.board_games import game

AMOUNTS = st.decimals(-(10**9), 10**9, places=4)


def test_what_stood_there_before_the_first_reading_is_no_rate() -> None:
    rates = Rates()
    rates.note("game", 1_000_000, 0.0)
    assert rates.moved(0.25) == []
    assert rates.total == 0


def test_a_game_s_rate_is_of_the_last_five_seconds_and_ends() -> None:
    rates = Rates()
    rates.note("other", 1, 0.0)
    rates.note("game", 20, 10.0)
    rates.note("game", 50, 12.0)
    assert rates.moved(12.0) == ["game"]
    assert rates.of("game") == 10
    assert rates.moved(16.0) == ["game"]
    assert rates.of("game") == 6
    assert rates.moved(17.5) == ["game"]
    assert rates.of("game") == rates.total == 0
    assert rates.moved(18.0) == []


def test_a_cancelled_bet_makes_no_rate_negative() -> None:
    rates = Rates()
    rates.note("game", 10, 0.0)
    rates.note("game", 7, 6.0)
    assert rates.moved(6.0) == []
    assert rates.of("game") == 0


def test_a_line_says_only_what_changed() -> None:
    before = row_of(game(handle="10.0000"), 0.0)
    after = row_of(game(handle="20.0000"), 1.5)
    assert difference(before, after) == {
        "game_id": "game",
        "handle": "20.0000",
        "bets_per_s": 1.5,
    }
    assert difference(after, after) == {}
    assert difference({}, after) == after


def test_nothing_is_at_risk_where_nothing_is_open() -> None:
    assert row_of(game(liability=5, open_bets=1), 0.0)["liability"] == "5.0000"
    assert row_of(game(liability=5, open_bets=0), 0.0)["liability"] is None


def test_samples_are_taken_now_and_then_and_a_flat_line_is_not_sent() -> None:
    sparks = Sparks()
    flat, moving = row_of(game("flat"), 0.0), row_of(game("moving"), 0.0)
    taken = 0
    for number in range(4 * SAMPLES):
        moving["total_pnl"] = f"{number}.0000"
        taken += sparks.sample([flat, moving], number * EVERY_S / 2)
    assert taken == 2 * SAMPLES
    ((name, line),) = sparks.all().items()
    assert name == "moving"
    assert line == [float(number) for number in range(2 * SAMPLES, 4 * SAMPLES, 2)]
    sparks.forget("moving")
    assert sparks.all() == {}


@given(st.lists(st.tuples(st.integers(0, 4), AMOUNTS, AMOUNTS, st.integers(0, 2)), max_size=30))
def test_sums_are_those_of_the_games_that_are_there(
    changes: list[tuple[int, Decimal, Decimal, int]],
) -> None:
    totals, there = Totals(), {}
    for number, total, liability, open_bets in changes:
        name = f"game-{number}"
        after = None
        if total >= -(10**8):
            after = game(name, total_pnl=total, liability=abs(liability), open_bets=open_bets)
        totals.change(there.get(name), after)
        there[name] = after
    kept = [each for each in there.values() if each is not None]
    assert totals.games == len(kept)
    assert totals.open_games == sum(each.open_bets > 0 for each in kept)
    assert totals.amounts["total_pnl"] == sum(Decimal(each.total_pnl) for each in kept)
    assert totals.amounts["liability"] == sum(
        Decimal(each.liability) for each in kept if each.open_bets
    )


def test_a_file_has_exact_amounts_and_types() -> None:
    row = row_of(game(handle="12345678901234567890.1234", starts_at=None, minute=None), 2.5)
    table = pq.read_table(pa.BufferReader(as_parquet([row], TYPES)))
    (read,) = table.to_pylist()
    assert read["handle"] == Decimal("12345678901234567890.1234")
    assert read["updated_at"] == datetime(2026, 1, 5, 18, 30, tzinfo=UTC)
    assert read["starts_at"] is None
    assert read["minute"] is None
    assert (read["bets"], read["bets_per_s"], read["home"]) == (1, 2.5, "Arsenal")


def test_a_name_in_a_csv_is_no_formula() -> None:
    names = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", 'a "b", c', "<script>"]
    rows = [row_of(game(home=name, total_pnl=-5), 0.0) for name in names]
    types = {name: TYPES[name] for name in ("home", "total_pnl")}
    (header, *lines) = csv.reader(io.StringIO(as_csv(rows, types).decode()))
    assert header == ["home", "total_pnl"]
    assert [line[0] for line in lines] == [
        *(f"'{name}" for name in names[:5]),
        'a "b", c',
        "<script>",
    ]
    # An amount is a number, also a negative one.
    assert {line[1] for line in lines} == {"-5.0000"}
