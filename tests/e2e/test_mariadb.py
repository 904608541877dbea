"""The same job on MariaDB, where MySQL cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as D

import pytest

from tests.e2e.world import World, bet, betpnl, result, running
from tests.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("home"), mysql_flavour="mariadb") as ready:
        yield ready


def test_it_is_mariadb(world: World) -> None:
    assert "MariaDB" in str(world.row("SELECT VERSION()")[0])


def test_a_replay_passes_the_audit(world: World) -> None:
    done = betpnl(
        world.settings,
        *("replay", "--rate", "300", "--games", "10", "--game-seconds", "5"),
        *("--seconds", "10", "--seed", "3"),
    )
    assert done.returncode == 0, done.stdout + done.stderr

    world.verify()


def test_case_and_amounts_are_kept(world: World) -> None:
    world.send("bets", bet("a", "case", stake=0.01), bet("A", "CASE"))
    world.send("results", result("case"))

    until(
        lambda: (
            world.rows(
                "SELECT game_id, handle, payout FROM game_pnl WHERE game_id IN ('case', 'CASE') "
                "ORDER BY handle"
            )
            == [("case", D("0.01"), D("0.02")), ("CASE", 10, 0)]
        ),
        "the two games are not kept apart",
    )
    world.verify()
