"""What the planner made of the statements: the traps of docs/architecture.md stay shut."""

from __future__ import annotations

import json
import re

import pytest

from tests.sql.compile_plan import HURRIED_MS
from tests.sql.conftest import Compiled, Plan

BET_TABLES = (
    "bet",
    "bet_version",
    "game_placed",
    "game_minute",
    "sport_second",
    "selection_book",
    "selection_scored",
)


def _calls(plan: Plan, function: str) -> list[int]:
    return [
        number
        for number in plan.of_type("python-calc")
        if function in json.dumps(plan.nodes[number]["projection"])
    ]


@pytest.mark.parametrize("table", BET_TABLES)
def test_a_bet_passes_one_python_stage_below_one_rank(plan: Plan, table: str) -> None:
    path = plan.upstream(plan.sink(table))

    scoring = [number for number in plan.of_type("python-calc") if number in path]
    ranks = [number for number in plan.of_type("rank") if number in path]

    assert len(scoring) == 1
    assert len(ranks) == 1
    assert scoring[0] in plan.upstream(ranks[0])


def test_all_bet_tables_share_one_scoring_and_one_state_of_bets(plan: Plan) -> None:
    assert len(_calls(plan, "read_bet")) == 1
    (bet_rank,) = {
        number
        for table in BET_TABLES
        for number in plan.upstream(plan.sink(table))
        if number in plan.of_type("rank")
    }
    assert bet_rank


def test_other_topics_tickets_and_marks_take_one_python_stage_each(plan: Plan) -> None:
    assert len(_calls(plan, "read_feed")) == 1
    assert len(_calls(plan, "settle_ticket")) == 1
    assert len(_calls(plan, "mark_prices")) == 1
    assert len(plan.of_type("python-calc")) == 4


def test_each_topic_is_read_once(plan: Plan) -> None:
    assert len(plan.of_type("table-source-scan")) == 2


def test_no_sum_and_no_join_ever_forgets(plan: Plan) -> None:
    kept = [
        (plan.nodes[number]["type"], state["name"], state["ttl"])
        for number in (*plan.of_type("group-aggregate"), *plan.of_type("join"))
        for state in plan.nodes[number]["state"]
    ]

    assert len(kept) == 15 + 2 * 4 - 1
    assert {ttl for _, _, ttl in kept} == {"0 ms"}


def test_the_newest_versions_are_kept_for_the_horizon(plan: Plan) -> None:
    (state,) = {
        state["ttl"] for number in plan.of_type("rank") for state in plan.nodes[number]["state"]
    }

    assert state == "400 d"


@pytest.mark.parametrize("table", ["game_placed", "game_minute", "sport_second"])
def test_singles_and_tickets_meet_right_before_they_are_summed(plan: Plan, table: str) -> None:
    (total,) = (
        number
        for number in plan.of_type("group-aggregate")
        if number in plan.upstream(plan.sink(table))
    )
    (exchange,) = plan.inputs[total]
    (before,) = plan.inputs[exchange]

    # Anything in between would be a task of its own, and a hop more for every bet.
    assert "union" in plan.nodes[before]["type"]


def test_a_challengers_word_meets_the_champions_right_before_they_are_summed(plan: Plan) -> None:
    (total,) = (
        number
        for number in plan.of_type("group-aggregate")
        if number in plan.upstream(plan.sink("selection_scored"))
    )
    (exchange,) = plan.inputs[total]
    (union,) = plan.inputs[exchange]
    words = plan.inputs[union]
    (singles,) = {source for word in words for source in plan.inputs[word]}
    book = plan.upstream(plan.sink("selection_book"))

    # Both from the narrow rows that all sums of singles are made of.
    assert "union" in plan.nodes[union]["type"]
    assert len(words) == 2
    assert singles in book


def test_what_is_settled_is_summed_in_two_ways_from_one_join(plan: Plan) -> None:
    joins = set(plan.of_type("stream-exec-join"))
    by_game = plan.upstream(plan.sink("game_settled")) & joins
    by_game_of_tickets = plan.upstream(plan.sink("game_ticket_settled")) & joins
    by_second = plan.upstream(plan.sink("game_settled_second")) & joins

    assert len(by_game) == len(by_game_of_tickets) == 1
    assert by_second == by_game | by_game_of_tickets


def test_no_sink_puts_rows_in_order_again(plan: Plan) -> None:
    for number in plan.of_type("stream-exec-sink"):
        assert not plan.nodes[number].get("requireUpsertMaterialize", False)


def test_only_singles_and_tickets_meet_results_and_only_prices_their_games(plan: Plan) -> None:
    joins = set(plan.of_type("stream-exec-join"))
    of_prices = plan.upstream(plan.sink("selection_price")) & joins

    assert len(of_prices) == 1
    assert len(joins - of_prices) == 3


def test_the_bet_tables_wait_for_no_result(plan: Plan) -> None:
    for table in BET_TABLES:
        assert not plan.upstream(plan.sink(table)) & set(plan.of_type("stream-exec-join"))


def test_a_plan_that_was_kept_is_the_one_that_was_made(compiled: Compiled) -> None:
    assert json.loads(compiled.read) == json.loads(compiled.made)
    assert json.loads(compiled.kept.read_text("utf-8")) == json.loads(compiled.made)


def test_no_address_and_no_password_is_kept_with_it(compiled: Compiled) -> None:
    text = compiled.kept.read_text("utf-8")

    assert "secret" not in text
    assert "nowhere" not in text


def test_only_the_way_to_a_games_sums_is_hurried(compiled: Compiled, plan: Plan) -> None:
    sink = plan.sink("game_placed")
    # A union is no operator: it has no number, and nothing waits in it.
    way = {sink, *plan.upstream(sink)} - set(plan.of_type("union"))
    numbered = {
        int(found[1]): timeout_ms
        for name, timeout_ms in compiled.buffer_timeouts_ms.items()
        if (found := re.fullmatch(r"\w+\[(\d+)\]", name))
    }

    assert way <= numbered.keys()
    assert {number for number, timeout_ms in numbered.items() if timeout_ms == HURRIED_MS} == way
    assert {numbered[number] for number in numbered.keys() - way} == {-1}
