"""Every kind of bet from its placing to its settling: rows worked out by hand, a clean audit."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from tests.e2e.world import World, bet, leg, result
from tests.waiting import until

pytestmark = pytest.mark.e2e


def _until(world: World, query: str, value: str, *expected: Any) -> None:
    until(
        lambda: world.rows(query, value) == [expected],
        lambda: f"expected {expected}, found {world.rows(query, value)}",
    )


PLACED = "SELECT handle, bonus_handle, payout_win, odds FROM bet WHERE bet_id = %s"
SETTLED = "SELECT result, payout, realised_pnl FROM bet_pnl WHERE bet_id = %s"
GAME = "SELECT open_bets, realised_pnl, open_expected_pnl FROM game_pnl WHERE game_id = %s"
RIDING = "SELECT tickets, handle_riding, payout_win FROM selection_riding WHERE game_id = %s"


def _legs(name: str, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Legs in games of their own, at 2.00: as likely as not, in a sport whose margin none knows."""
    plain = {"odds": 2, "market_odds": None, "sport": "chess", **changes}
    return [leg(f"{name}-{number}", number, **plain) for number in range(1, count + 1)]


def test_a_system_settles_line_by_line(world: World) -> None:
    system = {"bet_type": "system", "system": {"sizes": [2, 3]}, "stake": 8}
    world.send("bets", bet("trixie", legs=_legs("trixie", 3), **system))
    # Four lines of 2.00: three doubles at 4 and a treble at 8.
    _until(world, PLACED, "trixie", 8, 0, 40, 5)
    # Each leg is as likely as not: 3 x 2 x 4 / 4 + 2 x 8 / 8.
    _until(world, GAME, "trixie-3", 1, 0, D("2.66") - D("2.6666"))

    world.send("results", result("trixie-1"))
    # Two doubles with it at 8 x 1/2, the third at 8 x 1/4, the treble at 16 x 1/4: 14.
    _until(world, GAME, "trixie-1", 1, 0, D("2.67") - D("4.6667") - 0)
    _until(world, RIDING, "trixie-2", 1, 8, 40)
    world.send("results", result("trixie-2", "lose"))
    _until(world, RIDING, "trixie-3", 1, 8, 8)

    world.send("results", result("trixie-3"))

    _until(world, SETTLED, "trixie", "won", 8, 0)
    _until(world, GAME, "trixie-1", 0, 0, 0)
    until(lambda: world.rows(RIDING, "trixie-3") == [], "a ticket that is decided still rides")
    world.send("results", result("trixie-2", None, version=2, status="rolled_back"))
    _until(world, RIDING, "trixie-2", 1, 8, 40)
    world.send("results", result("trixie-2", "win", version=3))
    _until(world, SETTLED, "trixie", "won", 40, -32)


def test_a_lost_banker_ends_a_system(world: World) -> None:
    system = {"bet_type": "system", "system": {"sizes": [2], "bankers": [1]}, "stake": 6}
    world.send("bets", bet("banker", legs=_legs("banker", 4), **system))
    _until(world, PLACED, "banker", 6, 0, 48, 8)

    world.send("results", result("banker-1", "lose"))

    _until(world, SETTLED, "banker", "lost", 0, 6)


def test_each_way_is_half_to_win_and_half_to_be_placed(world: World) -> None:
    horse = leg("race", market="winner", selection="Red Rum", odds=9, market_odds=None)
    each_way = {"bet_type": "each_way", "each_way": {"fraction": 0.25}}
    world.send("bets", bet("each-way", legs=[horse], **each_way))
    # 5 x 9 and 5 x 3.
    _until(world, PLACED, "each-way", 10, 0, 60, 6)

    ends = {"selection": "Red Rum"}
    world.send("results", result("race", "lose", market="winner", **ends))
    until(
        lambda: (
            world.rows(RIDING + " AND market = 'place'", "race") == [(1, 10, 15)]
            and world.rows(RIDING + " AND market = 'winner'", "race") == []
        ),
        lambda: f"riding: {world.rows(RIDING, 'race')}",
    )
    world.send("results", result("race", "win", market="place", dead_heat=[1, 2], **ends))

    _until(world, SETTLED, "each-way", "won", D("7.5"), D("2.5"))
    _until(world, GAME, "race", 0, D("2.5"), 0)


def test_a_bet_builder_has_one_price_and_one_end(world: World) -> None:
    legs = [
        leg("built", 1),
        leg("built", 2, market="total_goals", line="2.5", selection="over", odds=1.9),
    ]
    world.send("bets", bet("built", legs=legs, bet_type="bet_builder", odds=4.2))
    _until(world, PLACED, "built", 10, 0, 42, D("4.2"))

    world.send("results", result("built"))
    _until(world, "SELECT COUNT(*) FROM ticket_settled WHERE bet_id = %s", "built", 0)
    over = {"market": "total_goals", "line": "2.5", "selection": "over"}
    world.send("results", result("built", "void", **over))
    _until(world, SETTLED, "built", "won", 10, 0)
    world.send("results", result("built", "win", version=2, **over))

    _until(world, SETTLED, "built", "won", 42, -32)


def test_a_bonus_stake_comes_back_as_cash_only_if_it_wins(world: World) -> None:
    for outcome, payout in (("win", "23.5"), ("half_win", "11.75"), ("void", "0"), ("lose", "0")):
        name = f"bonus-{outcome}"
        world.send("bets", bet(name, name, stake_type="bonus"))
        world.send("results", result(name, outcome))
        _until(world, PLACED, name, 0, 10, D("23.5"), D("2.35"))
        _until(world, SETTLED, name, outcome, D(payout), -D(payout))


def test_a_free_system_pays_winnings_only(world: World) -> None:
    system = {"bet_type": "system", "system": {"sizes": [1, 2]}, "stake_type": "free", "stake": 3}
    world.send("bets", bet("free-system", legs=_legs("free-system", 2), **system))
    world.send("results", *(result(f"free-system-{number}") for number in (1, 2)))

    # Lines of 1.00: two singles that win 1, a double that wins 3.
    _until(world, PLACED, "free-system", 0, 3, 5, D("2.6667"))
    _until(world, SETTLED, "free-system", "won", 5, -5)


def test_what_makes_no_bet_is_rejected_with_its_reason(world: World) -> None:
    too_large = {"bet_type": "system", "system": {"sizes": [4]}}
    both = [
        leg("both", 1, market="total_goals", line="2.5", selection="over"),
        leg("both", 2, market="total_goals", line="2.5", selection="under"),
    ]
    world.send(
        "bets",
        bet("too-large", legs=_legs("too-large", 3), **too_large),
        bet("both", legs=both, bet_type="accumulator"),
        bet("over-cashed", cash_out={"fraction": 1.01, "amount": 3}, status="cashed_out"),
    )
    reasons = (
        "system.sizes[0]: is 4, but only 3 legs are no bankers",
        "legs: 1 and 2 contradict each other: no final score lets all of them win",
        "cash_out.fraction: must be at most 1",
    )

    until(
        lambda: (
            {reason for (reason,) in world.rows("SELECT reason FROM bet_reject")} >= set(reasons)
        ),
        "the rejects are not there",
    )


def test_the_audit_is_clean(world: World) -> None:
    world.verify()
