"""Real games, replayed into the running job, and every row held against the arithmetic."""

from __future__ import annotations

from tests.e2e.world import ON_BATCHED_WORLD, World, betpnl

pytestmark = ON_BATCHED_WORLD

SECONDS = 20


def test_a_replay_passes_the_audit_to_the_cent(world: World) -> None:
    # Row by row, each write waits for the disk.
    rate = 1000 if world.settings.flush_max_rows > 1 else 50
    done = betpnl(
        world.settings,
        *("replay", "--rate", str(rate), "--games", "40", "--game-seconds", "6"),
        *("--seconds", str(SECONDS), "--seed", "7"),
    )
    assert done.returncode == 0, done.stdout + done.stderr

    world.verify()

    (bets,) = world.row("SELECT COUNT(*) FROM bet WHERE bet_id LIKE '7-%%'")
    assert bets == rate * SECONDS
    assert world.row("SELECT COUNT(*) FROM ticket_settled") > (rate * SECONDS // 40,)
