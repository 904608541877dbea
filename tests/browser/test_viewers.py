"""However many look on, MySQL is asked once a reading, and all see the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.board_process import BoardProcess
from tests.browser.book import game, play, stake
from tests.browser.grid import cell
from tests.browser.viewers import Viewer, looking_on
from tests.browser.visits import Visits
from tests.e2e.world import World
from tests.waiting import until

pytestmark = pytest.mark.browser

READINGS = 12


def _statements_per_reading(world: World, viewer: Viewer) -> float:
    """MySQL's own count over some readings: each ends in one message to each viewer."""

    def asked() -> int:
        return int(world.row("SHOW GLOBAL STATUS LIKE 'Questions'")[1])

    first, before = viewer.messages, asked()
    until(lambda: viewer.messages >= first + READINGS, "the board reads no more")
    return (asked() - before) / (viewer.messages - first)


def test_fifty_viewers_cost_mysql_what_one_does(
    world: World, board: BoardProcess, visits: Visits, say: Callable[[str], None]
) -> None:
    play(world, [game("many")], [stake("many-0", "many", 10)])
    with looking_on(board.url, 1) as (viewer,):
        alone = _statements_per_reading(world, viewer)
    context = None
    pages = []
    for _ in range(3):
        pages.append(visits.open("/?q=many", context=context))
        context = pages[0].context
    with looking_on(board.url, 47) as viewers:
        together = _statements_per_reading(world, viewers[-1])
        say(f"MySQL statements a reading: {alone:.1f} with 1 viewer, {together:.1f} with 50")
        assert together < 1.5 * alone + 1

        (bets,) = world.row("SELECT bets FROM game_board WHERE game_id = 'many'")
        play(world, [], [stake(f"many-{bets}", "many", 10)])
        for page in pages:
            expect(cell(page, "many", "bets")).to_have_text(str(bets + 1))
        until(
            lambda: all(viewer.rows["many"]["bets"] == bets + 1 for viewer in viewers),
            "not all were told of the bet",
        )
    (handle,) = world.row("SELECT handle FROM game_board WHERE game_id = 'many'")
    assert {float(viewer.rows["many"]["handle"]) for viewer in viewers} == {float(handle)}
