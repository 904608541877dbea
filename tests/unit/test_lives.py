"""Whole lives of bets: the audit's figures against a second opinion, in any order of arrival."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from betpnl.contract.checks import Rules
from betpnl.verify.expected import expected_tables
from betpnl.verify.history import Message as LogMessage
from betpnl.verify.tables import TABLES, VIEWS, Rows
from tests.lives import truth
from tests.lives.strategies import Life, Message, lives

RULES = Rules("EUR", bet_horizon_ms=400 * 86_400_000, accepted_ahead_ms=300_000)
NOW_MS = int(datetime.now(UTC).timestamp() * 1000)
GAME_PNL = next(each for each in VIEWS if each.name == "game_pnl")
SUMS = [list(GAME_PNL.columns).index(name) for name in truth.Sums._fields]


def expected(messages: list[Message]) -> dict[str, Rows]:
    log = [
        LogMessage(topic, 0, offset, NOW_MS, json.dumps(record).encode())
        for offset, (topic, record) in enumerate(messages)
    ]
    return expected_tables(log, {}, RULES)


@settings(max_examples=300)
@given(lives(), st.randoms())
def test_every_game_comes_to_what_its_bets_come_to(life: Life, random: Any) -> None:
    messages = life.under("x", "USD")
    random.shuffle(messages)
    tables = expected(messages)

    assert tables["bet_reject"] == {}
    found = {
        str(key[0]): truth.Sums(*(row[place] for place in SUMS))  # type: ignore[arg-type]
        for key, row in tables["game_pnl"].items()
    }
    assert found == truth.games(messages)


@given(lives(), st.randoms())
def test_the_order_of_arrival_changes_no_row(life: Life, random: Any) -> None:
    messages = life.under("x", "USD")
    shuffled = list(messages)
    random.shuffle(shuffled)
    before, after = expected(messages), expected(shuffled)

    for table in TABLES:
        assert before[table.name] == after[table.name], table.name


@given(lives())
def test_settling_undoing_and_settling_again_is_settling_once(life: Life) -> None:
    messages = life.under("x", "USD")
    once = expected(messages)
    undone: list[Message] = []
    again: list[Message] = []
    newest = {
        (record["game_id"], record["market"], record["line"], record["selection"]): record
        for topic, record in sorted(messages, key=lambda each: each[1]["version"])
        if topic == "results"
    }
    for record in newest.values():
        version = record["version"]
        undone.append(("results", {**record, "version": version + 1, "status": "rolled_back"}))
        again.append(("results", {**record, "version": version + 2}))
    opened = expected([*messages, *undone])
    twice = expected([*messages, *undone, *again])

    assert opened["game_settled"] == opened["ticket_settled"] == {}
    for name in ("game_pnl", "game_settled", "ticket_settled", "game_ticket_settled", "sport_pnl"):
        assert once[name] == twice[name], name


@given(lives())
def test_windows_add_up_to_the_whole(life: Life) -> None:
    tables = expected(life.under("x", "USD"))

    def total(name: str, place: int) -> Any:
        return sum(row[place] for row in tables[name].values())  # type: ignore[misc]

    names = {table.name: list(table.columns) for table in (*TABLES, *VIEWS)}
    for measure in ("handle", "expected_pnl", "predicted_pnl", "theoretical_pnl", "cash_out_pnl"):
        sums = {
            name: total(name, names[name].index(measure))
            for name in (
                *("game_placed", "game_minute", "sport_second", "sport_pnl", "game_pnl"),
                *(() if measure == "predicted_pnl" else ("segment_placed",)),
            )
        }
        assert len(set(sums.values())) == 1, (measure, sums)
    for measure in ("bets", "handle", "payout", "expected_payout"):
        seconds = total("game_settled_second", names["game_settled_second"].index(measure))
        parts = (
            total(name, names[name].index(measure))
            for name in ("game_settled", "game_ticket_settled")
        )
        assert seconds == sum(parts), measure
