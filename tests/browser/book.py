"""Games and bets that the tests in a browser look at: each test has games of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from betpnl.mysql import connect
from betpnl.risk import table as risk
from tests.e2e.world import World, bet, leg
from tests.waiting import until


def game(game_id: str, sport: str = "football", **changes: Any) -> dict[str, Any]:
    """A game that is on, as it is now."""
    record: dict[str, Any] = {
        "game_id": game_id,
        # A test may run twice on one stack: what it says last is what holds.
        "version": int(datetime.now(UTC).timestamp() * 1000),
        "sport": sport,
        "competition": "League",
        "home": f"{game_id} home",
        "away": f"{game_id} away",
        "status": "live",
        "minute": 30,
        "score_home": 1,
        "score_away": 0,
    }
    return {**record, **changes}


def stake(bet_id: str, game_id: str, amount: float, sport: str = "football") -> dict[str, Any]:
    """A single on the home side."""
    return bet(bet_id, stake=amount, legs=[leg(game_id, sport=sport)])


def play(world: World, games: Sequence[dict[str, Any]], bets: Sequence[dict[str, Any]]) -> None:
    """Send them, and wait until MySQL has every one, in the sums of its game too.

    ``bets`` are singles: a sink of each table writes when it is due, so that one table can say
    what another does not know yet.
    """
    world.send("games", *games)
    world.send("bets", *bets)
    ids = [each["bet_id"] for each in bets]
    until(
        lambda: world.row("SELECT COUNT(*) FROM bet WHERE bet_id IN %s", ids)[0] == len(ids),
        "the bets are not in MySQL",
    )
    ids_of_games = sorted({each["legs"][0]["game_id"] for each in bets})
    until(
        lambda: all(_is_summed(world, game_id) for game_id in ids_of_games),
        "the bets are not in their games' sums",
    )
    until(lambda: _is_weighed(world, ids_of_games), "the games' risk is not that of their bets")


def _is_summed(world: World, game_id: str) -> bool:
    handle, riding, placed, booked = world.row(
        "SELECT SUM(handle), SUM(handle_riding),"
        " (SELECT SUM(handle) FROM game_placed WHERE game_id = %s),"
        " (SELECT SUM(handle_riding) FROM selection_book WHERE game_id = %s)"
        " FROM bet WHERE game_id = %s",
        game_id,
        game_id,
        game_id,
    )
    # A ticket of several legs adds its share to what was placed.
    return riding == booked and placed is not None and placed >= handle


def _is_weighed(world: World, game_ids: Sequence[str]) -> bool:
    with connect(world.found, read_only=True) as connection:
        there = risk.read(connection)
        lines = risk.lines(connection, game_ids)
    return all(there.get(game_id, risk.NOTHING) == line for game_id, line in lines.items())
