"""Real games, replayed into the running job, and every row held against the arithmetic."""

from __future__ import annotations

import pytest

from tests.e2e.world import World, betpnl

pytestmark = pytest.mark.e2e


def test_a_replay_passes_the_audit_to_the_cent(world: World) -> None:
    done = betpnl(
        world.settings,
        *("replay", "--rate", "1000", "--games", "40", "--game-seconds", "6"),
        *("--seconds", "20", "--seed", "7"),
    )
    assert done.returncode == 0, done.stdout + done.stderr

    outcome = world.verify()

    assert world.row("SELECT COUNT(*) FROM bet WHERE bet_id LIKE '%%7%%'") > (10_000,)
    assert world.row("SELECT COUNT(*) FROM ticket_settled") > (500,)
    assert outcome
