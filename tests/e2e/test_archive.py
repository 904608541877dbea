"""What is old leaves MySQL for Parquet: nothing is lost, and no sum changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from betpnl.archive import due
from betpnl.archive.parquet import of_bet
from betpnl.archive.place import folder
from betpnl.archive.run import Ages, Archived, run
from betpnl.mysql import connect
from tests.e2e.world import ON_BATCHED_WORLD, World, bet, betpnl, leg, result
from tests.waiting import until

pytestmark = ON_BATCHED_WORLD

AGES = Ages(bets=5, buckets=5)
SUMS = ("game_pnl", "sport_pnl", "game_board", "breakdown_pnl", "selection_riding")


def _ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")


def _play(world: World, name: str) -> None:
    """Bets that were over long ago, one that was over lately, and one that is open."""
    old: dict[str, Any] = {"accepted_at": _ago(9)}
    double = [leg(f"{name}-1", 1), leg(f"{name}-2", 2)]
    world.send(
        "bets",
        bet(f"{name}-won", f"{name}-1", **old),
        bet(f"{name}-won", f"{name}-1", version=2, stake=20, **old),
        bet(f"{name}-double", legs=double, bet_type="accumulator", **old),
        bet(f"{name}-rejected", f"{name}-1", status="rejected", **old),
        bet(
            f"{name}-cashed",
            f"{name}-3",
            status="cashed_out",
            cash_out={"fraction": 1, "amount": 4},
            **old,
        ),
        bet(f"{name}-lately", f"{name}-3", **old),
        bet(f"{name}-open", f"{name}-4", **old),
    )
    world.send(
        "results",
        result(f"{name}-1", settled_at=_ago(8)),
        result(f"{name}-2", "lose", settled_at=_ago(8)),
        result(f"{name}-3", settled_at=_ago(1)),
    )


def _archive(world: World) -> Archived:
    connection = connect(world.found)
    try:
        return run(connection, folder(world.settings), AGES, datetime.now(UTC))
    finally:
        connection.close()


def _left(world: World, name: str) -> set[str]:
    return {row[0] for row in world.rows("SELECT bet_id FROM bet WHERE bet_id LIKE %s", f"{name}%")}


def _sums(world: World) -> dict[str, list[tuple[Any, ...]]]:
    return {view: sorted(world.rows(f"SELECT * FROM {view}"), key=str) for view in SUMS}


def test_what_is_over_leaves_mysql_and_no_sum_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play(world, "aged")
    world.verify()
    before = _sums(world)
    minutes = world.row("SELECT COUNT(*) FROM game_minute WHERE game_id LIKE 'aged%%'")
    assert minutes[0] > 0

    def cut_off(*_: Any) -> int:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(due, "delete", cut_off)
        with pytest.raises(OSError, match="the power went"):
            _archive(world)
    assert len(_left(world, "aged")) == 6
    world.verify()

    done = _archive(world)

    assert done.rows["bet"] >= 4
    assert _left(world, "aged") == {"aged-lately", "aged-open"}
    assert world.rows("SELECT * FROM bet_version WHERE bet_id = 'aged-won'") == []
    assert world.row("SELECT COUNT(*) FROM game_minute WHERE game_id LIKE 'aged%%'") == (0,)
    assert _sums(world) == before
    world.verify()
    assert _archive(world).rows.get("bet", 0) == 0

    shown = betpnl(world.settings, "archive", "--show", "aged-won")
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert {row["version"] for row in found["bet"]} == {2}
    assert {row["version"] for row in found["bet_version"]} == {1}


def test_a_newer_version_of_an_archived_bet_counts(world: World) -> None:
    _play(world, "back")
    world.verify()
    _archive(world)
    assert "back-won" not in _left(world, "back")

    world.send(
        "bets", bet("back-won", "back-1", version=3, status="cancelled", accepted_at=_ago(9))
    )

    until(lambda: "back-won" in _left(world, "back"), "the newer version is not there")
    world.verify()
    assert world.row("SELECT bets, handle FROM game_pnl WHERE game_id = 'back-1'") == (1, 5)
    (kept,) = of_bet(folder(world.settings), "bet", "back-won")
    assert kept["version"] == 2


def test_without_an_age_nothing_goes_and_it_says_how_to_set_one(world: World) -> None:
    done = betpnl(world.settings, "archive")

    assert done.returncode != 0
    assert "retain_bets_days" in done.stderr + done.stdout
