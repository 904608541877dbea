"""The open book marked to the newest prices and scores, on the real job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from betpnl import pnl
from betpnl.contract.records import Leg
from betpnl.model.outcome import FALLBACK_VERSION, OutcomeModel
from betpnl.model.scoring import score_legs
from betpnl.paths import PROJECT
from tests.e2e.world import ON_BATCHED_WORLD, World, bet, leg, result
from tests.waiting import until

pytestmark = [pytest.mark.e2e, *ON_BATCHED_WORLD]

MODEL = OutcomeModel(PROJECT / "models" / "outcome.onnx")
PRICES = {"home": 2.1, "draw": 3.4, "away": 3.6}
SHORTER = {"home": 1.5, "draw": 4.4, "away": 6.5}
PRICE = (
    "SELECT selection, probability, model_version FROM selection_price WHERE game_id = %s "
    "ORDER BY selection"
)
MARK = (
    "SELECT expected_pnl, price_moves, result_moves, marked_pnl, realised_pnl, open_marked_pnl, "
    "open_handle, marked_handle FROM game_mark WHERE game_id = %s"
)


def _time(ago_s: float) -> str:
    moment = datetime.now(UTC) - timedelta(seconds=ago_s)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _odds(game: str, version: int, prices: dict[str, float], ago_s: float) -> dict[str, Any]:
    return {
        "game_id": game, "market": "match_result", "version": version, "at": _time(ago_s),
        "prices": prices,
    }  # fmt: skip


def _game(game: str, version: int, **fields: Any) -> dict[str, Any]:
    return {"game_id": game, "version": version, "sport": "football", **fields}


def _scored(prices: dict[str, float], **fields: Any) -> dict[str, D]:
    """What the model says of a market as a bet on each selection would show it."""
    legs = [
        Leg(
            leg=1, game_id="g", market="match_result", selection=name, odds=D(str(odds)),
            market_odds=prices, **{"sport": "football", **fields},
        )
        for name, odds in prices.items()
    ]  # fmt: skip
    return {
        leg.selection: D(f"{score.probability:.8f}")
        for leg, score in zip(legs, score_legs(MODEL, legs), strict=True)
    }


def _until_marked(world: World, game: str, marks: dict[str, D], version: str) -> None:
    expected = [(name, marks[name], version) for name in sorted(marks)]
    until(
        lambda: world.rows(PRICE, game) == expected,
        lambda: f"expected {expected}, found {world.rows(PRICE, game)}",
    )


def _until_explained(world: World, game: str, **expected: D) -> dict[str, D]:
    names = (
        "expected_pnl", "price_moves", "result_moves", "marked_pnl", "realised_pnl",
        "open_marked_pnl", "open_handle", "marked_handle",
    )  # fmt: skip

    def found() -> dict[str, D]:
        rows = world.rows(MARK, game)
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    until(
        lambda: found().items() >= expected.items(),
        lambda: f"expected {expected}, found {found()}",
    )
    now = found()
    assert now["marked_pnl"] == now["expected_pnl"] + now["price_moves"] + now["result_moves"]
    assert now["marked_pnl"] == now["realised_pnl"] + now["open_marked_pnl"]
    return now


def test_odds_and_scores_mark_the_open_book_and_results_take_over(world: World) -> None:
    game = "marked"
    world.send("games", _game(game, 1, status="scheduled", starts_at=_time(600)))
    world.send("odds", _odds(game, 1, PRICES, 900))
    before = _scored(PRICES)
    _until_marked(world, game, before, MODEL.version)
    for name, stake in (("home", 100), ("away", 10)):
        odds = PRICES[name]
        single = leg(game, selection=name, odds=odds, market_odds=PRICES)
        world.send("bets", bet(f"{game}-{name}", game, stake=stake, legs=[single]))
    payouts = {"home": D(210), "away": D(36)}
    placed = D(110) - sum(pnl.expected_payout(before[name], payouts[name]) for name in payouts)
    _until_explained(
        world, game, expected_pnl=placed, price_moves=D(0), result_moves=D(0), open_handle=D(110)
    )

    # Prices move: the favourite is shorter now.
    world.send("odds", _odds(game, 2, SHORTER, 800))
    shorter = _scored(SHORTER)
    _until_marked(world, game, shorter, MODEL.version)
    marked = D(110) - sum(pnl.expected_payout(shorter[name], payouts[name]) for name in payouts)
    _until_explained(world, game, expected_pnl=placed, marked_pnl=marked, result_moves=D(0))

    # The game begins, and there is a goal: nobody has priced the market since.
    world.send(
        "games",
        _game(game, 2, status="live", starts_at=_time(600), minute=60, score_home=0, score_away=1),
    )
    behind = _scored(
        SHORTER, in_play=True, minute=60, score_home=0, score_away=1, pre_match_odds=SHORTER
    )
    assert behind["away"] > shorter["away"] + D("0.2")
    _until_marked(world, game, behind, MODEL.version)
    marked = D(110) - sum(pnl.expected_payout(behind[name], payouts[name]) for name in payouts)
    live = _until_explained(world, game, expected_pnl=placed, marked_pnl=marked)

    # One selection has its result: what prices had told of it before stays theirs.
    world.send("results", result(game, "lose", selection="home"))
    away = pnl.expected_payout(behind["away"], payouts["away"])
    one = _until_explained(world, game, realised_pnl=D(100), marked_pnl=D(110) - away)
    assert one["price_moves"] == live["price_moves"]
    assert one["result_moves"] == pnl.expected_payout(behind["home"], payouts["home"])
    world.send("results", result(game, "win", selection="away"))
    both = _until_explained(world, game, realised_pnl=D(74), marked_pnl=D(74), open_handle=D(0))
    assert both["price_moves"] == live["price_moves"]
    assert both["expected_pnl"] == placed
    world.send("results", result(game, None, version=2, status="rolled_back", selection="away"))
    again = _until_explained(world, game, realised_pnl=D(100), marked_pnl=D(110) - away)
    assert again == one
    world.verify()


def test_a_price_of_the_moment_is_believed_in_play(world: World) -> None:
    game = "of-the-moment"
    world.send("games", _game(game, 1, status="live", starts_at=_time(600), minute=10,
                              score_home=0, score_away=3))  # fmt: skip
    world.send("odds", _odds(game, 1, PRICES, 5))

    _until_marked(world, game, _scored(PRICES, in_play=True, minute=10), MODEL.version)


def test_a_game_may_be_announced_after_its_prices(world: World) -> None:
    game = "late-announced"
    world.send("odds", _odds(game, 1, PRICES, 900))
    _until_marked(world, game, _scored(PRICES, sport=""), MODEL.version)

    world.send("games", _game(game, 1, status="live", starts_at=_time(600), minute=80,
                              score_home=2, score_away=0))  # fmt: skip

    ahead = _scored(
        PRICES, in_play=True, minute=80, score_home=2, score_away=0, pre_match_odds=PRICES
    )
    assert ahead["home"] > D("0.95")
    _until_marked(world, game, ahead, MODEL.version)


def test_what_cannot_be_scored_says_fallback_and_nothing_stops(world: World) -> None:
    world.send("odds", _odds("alone", 1, {"home": 1.9}, 5))
    _until_marked(world, "alone", {"home": D(1)}, FALLBACK_VERSION)
    world.send("odds", _odds("absurd", 1, {"home": 1000.0, "away": 1000.0}, 5))
    _until_marked(world, "absurd", {"home": D("0.5"), "away": D("0.5")}, FALLBACK_VERSION)


def test_a_selection_without_a_price_stands_as_it_was_taken(world: World) -> None:
    game = "unpriced"
    world.send("bets", bet(f"{game}-1", game))

    found = _until_explained(world, game, open_handle=D(10), marked_handle=D(0))

    assert found["price_moves"] == found["result_moves"] == 0
    assert found["marked_pnl"] == found["expected_pnl"]


def test_an_accumulator_moves_with_each_of_its_legs_in_the_legs_game(world: World) -> None:
    games = ["double-1", "double-2"]
    before, shorter = _scored(PRICES), _scored(SHORTER)
    for game in games:
        world.send("games", _game(game, 1))
        world.send("odds", _odds(game, 1, PRICES, 900))
        _until_marked(world, game, before, MODEL.version)
    legs = [leg(game, n, odds=2.1, market_odds=PRICES) for n, game in enumerate(games, 1)]
    world.send("bets", bet("double", legs=legs, bet_type="accumulator"))
    chance = before["home"] ** 2
    expected = pnl.expected_payout(pnl.round_half_up(chance, 8), D("44.10"))
    start = [_until_explained(world, game, price_moves=D(0), open_handle=D(5)) for game in games]
    assert sum(found["expected_pnl"] for found in start) == D(10) - expected

    world.send("odds", _odds(games[0], 2, SHORTER, 800))

    swing = pnl.round_half_up(expected / before["home"], 4)
    moved = expected - pnl.round_half_up(shorter["home"] * swing, 4)
    _until_explained(world, games[0], price_moves=moved, result_moves=D(0))
    _until_explained(world, games[1], price_moves=D(0))

    # The first leg wins: all that is left hangs on the second.
    world.send("results", result(games[0]))
    _until_explained(world, games[0], price_moves=D(0))
    won = pnl.expected_payout(before["home"], D("44.10"))
    world.send("odds", _odds(games[1], 2, SHORTER, 800))
    swing = pnl.round_half_up(won / before["home"], 4)
    moved = won - pnl.round_half_up(shorter["home"] * swing, 4)
    _until_explained(world, games[1], price_moves=moved)
    world.send("results", result(games[1]))
    ends = [_until_explained(world, game, price_moves=D(0), open_handle=D(0)) for game in games]
    assert sum(found["marked_pnl"] for found in ends) == D("-34.10")
    world.verify()
