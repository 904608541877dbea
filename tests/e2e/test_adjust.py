"""Rates and cancelled markets in any order with the bets that they touch, on a real stack."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

from betpnl import stack
from tests.e2e.world import ON_BATCHED_WORLD, World, bet, leg, now
from tests.waiting import until

pytestmark = ON_BATCHED_WORLD

BET = "SELECT status, fx_rate, handle, payout_win FROM bet WHERE bet_id = %s"
GAME = "SELECT bets, handle FROM game_pnl WHERE game_id = %s"


def _until(world: World, query: str, value: str, *expected: Any) -> None:
    until(
        lambda: world.rows(query, value) == [expected],
        lambda: f"expected {expected}, found {world.rows(query, value)}",
    )


def _at(minutes: float) -> str:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    return moment.isoformat(timespec="milliseconds")


def _rate(currency: str, rate: float, minutes: float, version: int = 1) -> dict[str, Any]:
    return {
        "currency": currency,
        "version": version,
        "rate": rate,
        # The same key for each version.
        "valid_from": datetime(2026, 1, 1, tzinfo=UTC).isoformat()
        if minutes == 0
        else _at(minutes),
    }


def _cancel(game_id: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    return {"game_id": game_id, "market": "match_result", "version": version, **changes}


def test_a_bet_waits_for_its_rate_and_takes_a_corrected_one(world: World) -> None:
    world.send("bets", bet("sek", "sek", currency="SEK", accepted_at=_at(-5)))
    _until(world, BET, "sek", "waiting", 0, 0, 0)
    _until(world, GAME, "sek", 0, 0)

    world.send("fx_rates", _rate("SEK", 0.09, 0))
    _until(world, BET, "sek", "accepted", D("0.09"), D("0.9"), D("2.12"))
    _until(world, GAME, "sek", 1, D("0.9"))
    world.send("fx_rates", _rate("SEK", 0.1, 0, version=2))
    _until(world, BET, "sek", "accepted", D("0.1"), 1, D("2.35"))

    # One that is valid only from a later moment changes nothing for it, but for later bets.
    world.send("fx_rates", _rate("SEK", 0.2, -2))
    world.send("bets", bet("sek-later", "sek", currency="SEK", accepted_at=_at(-1)))
    _until(world, BET, "sek-later", "accepted", D("0.2"), 2, D("4.7"))
    _until(world, GAME, "sek", 2, 3)
    amended = bet("sek", "sek", version=2, stake=20, currency="SEK", accepted_at=_at(-5))
    world.send("bets", amended)
    _until(world, BET, "sek", "accepted", D("0.1"), 2, D("4.7"))


def test_yen_and_dinars_keep_their_decimals(world: World) -> None:
    world.send("fx_rates", _rate("JPY", 0.0062, 0), _rate("KWD", 3.01, 0))
    world.send(
        "bets",
        bet("yen", "minor", currency="JPY", stake=161),
        bet("dinar", "minor", currency="KWD", stake="1.005"),
    )

    # 378.35 yen pay 378, which are 2.3436; 2.36175 dinars pay 2.362, which are 7.10962.
    _until(world, BET, "yen", "accepted", D("0.0062"), 1, D("2.34"))
    _until(world, BET, "dinar", "accepted", D("3.01"), D("3.03"), D("7.11"))


def test_a_cancelled_market_takes_its_bets_with_it_and_gives_them_back(world: World) -> None:
    double = {
        "bet_type": "accumulator",
        "legs": [leg("off", 1), leg("off-other", 2)],
        "accepted_at": _at(-3),
    }
    world.send(
        "bets",
        bet("off-before", "off", accepted_at=_at(-9)),
        bet("off-within", "off", accepted_at=_at(-4)),
        bet("off-double", **double),
        bet("off-market", legs=[leg("off", market="other")], accepted_at=_at(-4)),
    )
    _until(world, "SELECT bets FROM game_pnl WHERE game_id = %s", "off", 4)

    period = {"from": _at(-6), "to": _at(10)}
    world.send("market_cancels", _cancel("off", **period))
    world.send("bets", bet("off-after", "off", accepted_at=_at(-2)))
    world.send("bets", bet("off-within", "off", version=2, stake=30, accepted_at=_at(-4)))

    cancelled = "SELECT bet_id FROM bet WHERE status = 'cancelled' AND bet_id LIKE %s ORDER BY 1"
    hit = [("off-after",), ("off-double",), ("off-within",)]
    until(
        lambda: world.rows(cancelled, "off-%") == hit,
        lambda: f"cancelled: {world.rows(cancelled, 'off-%')}",
    )
    _until(world, GAME, "off", 2, 20)
    _until(world, GAME, "off-other", 0, 0)

    world.send("market_cancels", _cancel("off", 2, status="rolled_back"))

    _until(world, GAME, "off", 5, 65)
    _until(world, GAME, "off-other", 1, 5)
    _until(world, "SELECT status, stake FROM bet WHERE bet_id = %s", "off-within", "accepted", 30)


def test_upkeep_that_was_killed_mends_what_it_missed(world: World) -> None:
    stack.stop(world.settings, names=["upkeep"], kill=True)
    world.send("bets", bet("missed", "missed", currency="NOK", accepted_at=_at(-5)))
    world.send("bets", bet("missed-off", "missed-off", accepted_at=now()))
    _until(world, BET, "missed", "waiting", 0, 0, 0)
    _until(world, GAME, "missed-off", 1, 10)
    world.send("fx_rates", _rate("NOK", 0.08, 0))
    world.send("market_cancels", _cancel("missed-off"))
    _until(world, "SELECT COUNT(*) FROM fx_rate WHERE currency = %s", "NOK", 1)

    stack.start(world.settings, names=["upkeep"])

    _until(world, BET, "missed", "accepted", D("0.08"), D("0.8"), D("1.88"))
    _until(world, GAME, "missed-off", 0, 0)


def test_the_audit_is_clean(world: World) -> None:
    world.verify()
