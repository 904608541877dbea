"""The arithmetic of bench/latency.py: which visible count belongs to which planned time."""

import importlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from betpnl.contract.topics import BETS, GAMES
from betpnl.games import load_games
from betpnl.replay import Block, Options, plan

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def matching(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module("matching")


def test_a_count_is_set_against_the_planned_time_of_its_rank(matching: ModuleType) -> None:
    planned = matching.Planned({"a": np.array([0.0, 1.0, 2.0]), "b": np.array([0.5, 0.6])})
    seen = matching.Seen(
        game_ids=["b", "a"],
        at_s=np.array([100.7, 101.1, 101.2, 101.3, 102.5]),
        games=np.array([0, 1, 1, 1, 1]),
        # The third row of a is a correction's dip: what was visible stays visible.
        counts=np.array([1, 2, 1, 2, 3]),
    )

    latencies = matching.latencies(planned, seen, 100.0, 0.0)

    assert latencies == pytest.approx([1.1, 0.1, 0.5, 0.2, np.nan], nan_ok=True)
    assert matching.figures(latencies)["unseen"] == 1
    assert len(matching.latencies(planned, seen, 100.0, warmup_s=0.6)) == 3


def test_a_game_that_never_showed_up_is_unseen(matching: ModuleType) -> None:
    planned = matching.Planned({"a": np.array([0.0, 1.0])})
    nothing = matching.Seen([], np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))

    assert matching.figures(matching.latencies(planned, nothing, 0.0, 0.0)) == {
        "counts": 2, "unseen": 2, "p50": None, "p90": None, "p99": None, "p99.9": None, "max": None,
    }  # fmt: skip


def test_planned_counts_are_the_bets_of_each_game(matching: ModuleType) -> None:
    options = Options(seed=2, rate=500, games=5, game_s=4, seconds=6, mix=matching.MIX)
    replay = plan(options, load_games(), datetime(2026, 1, 5, tzinfo=UTC))
    planned = matching.planned(replay)

    first: dict[bytes, bytes] = {}
    for message in replay:
        if message.topic is BETS:
            first.setdefault(message.key, message.value)
    expected = Counter(
        game.split(b'"')[0].decode()
        for value in first.values()
        if b'"status":"accepted"' in value
        for game in value.split(b'"game_id":"')[1:]
    )

    assert {game_id: len(times) for game_id, times in planned.times_s.items()} == expected
    for times_s in planned.times_s.values():
        assert (np.diff(times_s) >= 0).all()


def test_the_steady_rate_leaves_out_start_and_end(matching: ModuleType) -> None:
    seen = matching.Seen(
        game_ids=["a", "b"],
        at_s=np.array([10.0, 11.0, 12.0, 20.0]),
        games=np.array([0, 1, 0, 1]),
        counts=np.array([10, 40, 50, 50]),
    )

    assert matching.steady_rate(seen, 0.1, 0.9) == pytest.approx(40.0)


def test_a_count_of_a_batch_is_due_when_the_batch_goes_out(matching: ModuleType) -> None:
    block = Block(BETS, [0.0, 1.0, 2.0, 3.0, 4.0], [b""] * 5, [b""] * 5)
    other = Block(GAMES, [0.5], [b""], [b""])
    planned = matching.Planned({"a": np.array([0.0, 1.0, 3.0]), "b": np.array([2.0, 4.0])})

    due = matching.by_batch(planned, [block, other], size=2)

    assert due.times_s["a"].tolist() == [1.0, 1.0, 3.0]
    assert due.times_s["b"].tolist() == [3.0, 4.0]
