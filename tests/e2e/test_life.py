"""The life of bets: each test ends with rows that were worked out by hand, and a clean audit."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from tests.e2e.world import World, bet, leg, result
from tests.waiting import until

pytestmark = pytest.mark.e2e

PNL = (
    "SELECT bets, open_bets, handle, payout, cash_out_pnl, realised_pnl FROM game_pnl "
    "WHERE game_id = %s"
)


def _until(world: World, query: str, value: Any, expected: tuple[Any, ...]) -> None:
    until(
        lambda: world.rows(query, value) == [expected],
        lambda: f"expected {expected}, found {world.rows(query, value)}",
    )


def test_a_single_is_placed_and_settled(world: World) -> None:
    world.send("bets", bet("single", "single-game", currency="GBP", fx_rate=1.08))
    _until(world, PNL, "single-game", (1, 1, D("10.8"), 0, 0, 0))

    world.send("results", result("single-game"))

    _until(world, PNL, "single-game", (1, 0, D("10.8"), D("25.38"), 0, D("-14.58")))
    _until(
        world,
        "SELECT result, payout, realised_pnl FROM bet_pnl WHERE bet_id = %s",
        "single",
        ("win", D("25.38"), D("-14.58")),
    )
    world.verify()


@pytest.mark.parametrize(
    ("outcome", "payout"),
    [
        ("win", "25.38"),
        ("lose", "0"),
        ("half_win", "18.09"),
        ("half_lose", "5.4"),
        ("void", "10.8"),
        ("push", "10.8"),
    ],
)
def test_every_outcome_pays_what_the_table_says(world: World, outcome: str, payout: str) -> None:
    game = f"outcome-{outcome}"

    world.send("bets", bet(game, game, currency="GBP", fx_rate=1.08))
    world.send("results", result(game, outcome))

    _until(world, PNL, game, (1, 0, D("10.8"), D(payout), 0, D("10.8") - D(payout)))


def test_a_dead_heat_pays_its_share_once_a_selection(world: World) -> None:
    world.send("bets", bet("heat-1", "heat", stake=1.01), bet("heat-2", "heat", stake=1.01))
    world.send("results", result("heat", "win", dead_heat=[1, 3]))

    # 2 x 2.37 = 4.74, a third of it 1.58.
    _until(world, PNL, "heat", (2, 0, D("2.02"), D("1.58"), 0, D("0.44")))


def test_a_free_bet_stakes_nothing_and_pays_its_winnings(world: World) -> None:
    world.send("bets", bet("free", "free-game", stake_type="free"))
    world.send("results", result("free-game"))

    _until(world, PNL, "free-game", (1, 0, 0, D("13.5"), 0, D("-13.5")))


def test_a_part_cashed_out_is_realised_at_once(world: World) -> None:
    cash_out = {"fraction": 0.5, "amount": 6.00}
    world.send("bets", bet("part", "part-game", currency="GBP", fx_rate=1.08))
    world.send(
        "bets",
        bet("part", "part-game", version=2, currency="GBP", fx_rate=1.08, cash_out=cash_out),
    )
    _until(world, PNL, "part-game", (1, 1, D("10.8"), 0, D("-1.08"), D("-1.08")))

    world.send("results", result("part-game"))

    _until(world, PNL, "part-game", (1, 0, D("10.8"), D("12.69"), D("-1.08"), D("-8.37")))


def test_a_bet_cashed_out_in_full_is_closed_and_never_settles(world: World) -> None:
    cash_out = {"fraction": 1, "amount": 9.00}
    world.send("bets", bet("full", "full-game", status="cashed_out", cash_out=cash_out))
    world.send("results", result("full-game"))

    _until(world, PNL, "full-game", (1, 0, 10, 0, 1, 1))


def test_duplicates_count_once(world: World) -> None:
    record = bet("twice", "twice-game")

    world.send("bets", record, record, bet("twice", "twice-game", stake=99.00), record)
    world.send("bets", bet("after-twice", "twice-game"))

    _until(world, PNL, "twice-game", (2, 2, 20, 0, 0, 0))


def test_late_older_version_changes_nothing(world: World) -> None:
    world.send("bets", bet("late", "late-game", version=3, stake=30.00))
    world.send("bets", bet("late", "late-game", version=2, stake=20.00))
    world.send("bets", bet("after-late", "late-game"))

    _until(world, PNL, "late-game", (2, 2, 40, 0, 0, 0))
    until(
        lambda: (
            world.rows("SELECT age, version FROM bet_version WHERE bet_id = 'late'") == [(2, 2)]
        ),
        "the older version is not in the history",
    )


def test_cancelling_takes_everything_back_but_the_row(world: World) -> None:
    world.send("bets", bet("cancel", "cancel-game"))
    _until(world, PNL, "cancel-game", (1, 1, 10, 0, 0, 0))

    world.send("bets", bet("cancel", "cancel-game", version=2, status="cancelled"))

    _until(world, PNL, "cancel-game", (0, 0, 0, 0, 0, 0))
    _until(world, "SELECT status, handle FROM bet WHERE bet_id = %s", "cancel", ("cancelled", 0))


def test_amending_a_games_only_bet_keeps_the_game(world: World) -> None:
    for version in range(1, 21):
        world.send("bets", bet("amend", "amend-game", version=version, stake=version))

    _until(world, PNL, "amend-game", (1, 1, 20, 0, 0, 0))
    until(
        lambda: world.row("SELECT COUNT(*) FROM bet_version WHERE bet_id = 'amend'") == (19,),
        "19 earlier versions are not all kept",
    )
    until(
        lambda: (
            world.rows(
                "SELECT version FROM bet_history WHERE bet_id = 'amend' ORDER BY age LIMIT 3"
            )
            == [(20,), (19,), (18,)]
        ),
        "the history does not begin with the newest versions",
    )


def test_a_bet_may_move_to_another_game(world: World) -> None:
    world.send("bets", bet("move", "from-game"))
    world.send("bets", bet("move", "to-game", version=2))

    _until(world, PNL, "to-game", (1, 1, 10, 0, 0, 0))
    until(lambda: world.rows(PNL, "from-game") == [], "the old game still has the bet")


def test_results_may_come_before_bets(world: World) -> None:
    world.send("results", result("early-game"))
    world.send("bets", bet("early", "early-game"))

    _until(world, PNL, "early-game", (1, 0, 10, D("23.5"), 0, D("-13.5")))


def test_rolling_back_a_games_only_result_opens_it_again(world: World) -> None:
    world.send("bets", bet("roll", "roll-game"))
    world.send("results", result("roll-game"))
    _until(world, PNL, "roll-game", (1, 0, 10, D("23.5"), 0, D("-13.5")))

    world.send("results", result("roll-game", None, version=2, status="rolled_back"))
    _until(world, PNL, "roll-game", (1, 1, 10, 0, 0, 0))

    world.send("results", result("roll-game", "lose", version=3))
    _until(world, PNL, "roll-game", (1, 0, 10, 0, 0, 10))


def test_a_second_result_replaces_the_first(world: World) -> None:
    world.send("bets", bet("second", "second-game"))
    world.send("results", result("second-game", "win"))
    world.send("results", result("second-game", "half_lose", version=2))
    world.send("results", result("second-game", "void", version=1))

    _until(world, PNL, "second-game", (1, 0, 10, 5, 0, 5))


def _accumulator(bet_id: str, games: list[str], **changes: Any) -> dict[str, Any]:
    legs = [leg(game, number, odds=2.0) for number, game in enumerate(games, start=1)]
    return bet(bet_id, bet_type="accumulator", legs=legs, **changes)


def test_a_won_accumulator_is_shared_among_its_games(world: World) -> None:
    games = ["acca-1", "acca-2", "acca-3"]
    world.send("bets", _accumulator("acca", games, stake=10.01))
    for game, handle in zip(games, ("3.34", "3.34", "3.33"), strict=True):
        _until(world, PNL, game, (1, 1, D(handle), 0, 0, 0))

    world.send("results", *(result(game) for game in games))

    # 10.01 x 8 = 80.08: 26.70, 26.69, 26.69.
    _until(world, PNL, "acca-1", (1, 0, D("3.34"), D("26.7"), 0, D("-23.36")))
    _until(world, PNL, "acca-2", (1, 0, D("3.34"), D("26.69"), 0, D("-23.35")))
    _until(world, PNL, "acca-3", (1, 0, D("3.33"), D("26.69"), 0, D("-23.36")))
    _until(
        world,
        "SELECT result, payout FROM ticket_settled WHERE bet_id = %s",
        "acca",
        ("won", D("80.08")),
    )


def test_one_lost_leg_settles_an_accumulator_at_once(world: World) -> None:
    world.send("bets", _accumulator("lost", ["lost-1", "lost-2"]))
    world.send("results", result("lost-2", "lose"))

    _until(world, PNL, "lost-1", (1, 0, 5, 0, 0, 5))

    world.send("results", result("lost-2", "void", version=2))
    _until(world, PNL, "lost-1", (1, 1, 5, 0, 0, 0))

    world.send("results", result("lost-1", "win"))
    _until(world, PNL, "lost-1", (1, 0, 5, 10, 0, -5))


def test_an_accumulator_amended_after_its_results_settles_anew(world: World) -> None:
    games = ["anew-1", "anew-2"]
    world.send("bets", _accumulator("anew", games))
    world.send("results", *(result(game) for game in games))
    _until(world, PNL, "anew-1", (1, 0, 5, 20, 0, -15))

    world.send("bets", _accumulator("anew", games, version=2, stake=20.00))

    _until(world, PNL, "anew-1", (1, 0, 10, 40, 0, -30))


def test_prices_follow_the_newest_market_and_lost_selections_go(world: World) -> None:
    prices = {
        "game_id": "price-game",
        "market": "match_result",
        "version": 1,
        "at": "2026-11-01T12:00:00Z",
        "prices": {"home": 2.0, "draw": 3.5, "away": 4.0, "nobody": 100},
    }
    world.send("odds", prices)
    world.send("odds", {**prices, "version": 2, "prices": {"home": 2.0, "away": 2.0}})

    until(
        lambda: (
            world.rows(
                "SELECT selection, odds, probability FROM selection_price "
                "WHERE game_id = 'price-game' ORDER BY selection"
            )
            == [("away", 2, D("0.5")), ("home", 2, D("0.5"))]
        ),
        "the prices are not those of version 2",
    )


def test_exposure_counts_selections_that_nobody_backed(world: World) -> None:
    world.send("bets", bet("risk", "risk-game"))
    world.send(
        "odds",
        {
            "game_id": "risk-game",
            "market": "match_result",
            "version": 1,
            "at": "2026-11-01T12:00:00Z",
            "prices": {"home": 2.35, "draw": 3.3, "away": 3.1},
        },
    )

    until(
        lambda: (
            world.rows(
                "SELECT selection, pnl_if_win, worst_case, liability FROM game_exposure "
                "WHERE game_id = 'risk-game' ORDER BY selection"
            )
            == [
                ("away", 10, D("-13.5"), D("13.5")),
                ("draw", 10, D("-13.5"), D("13.5")),
                ("home", D("-13.5"), D("-13.5"), D("13.5")),
            ]
        ),
        "the exposure is not that of one bet",
    )


def test_all_of_it_passes_the_audit_with_no_fault_of_the_job(world: World) -> None:
    world.verify()

    assert world.restarts() == 0
