"""Bets on games of their own, of which each one's latency is known."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from betpnl.bench.matching import MIX, Planned, Seen, match, overcounted
from betpnl.bench.observe import PROBES_AT_ONCE, Waiting
from betpnl.bench.probes import RATE_MAX, Probes
from betpnl.bench.spool import Spooled
from betpnl.contract.topics import BETS
from betpnl.games import load_games
from betpnl.replay import Options, plan
from tests.unit.contract_records import READERS

ORIGIN = datetime(2026, 1, 5, tzinfo=UTC)
ARRIVED_MS = int(ORIGIN.timestamp() * 1000) + 60_000
OPTIONS = Options(seed=2, rate=2000, games=5, seconds=6, mix=MIX)


def test_each_probe_is_alone_in_its_games_and_on_time(tmp_path: Path) -> None:
    games = load_games()[::20]
    probes = Probes(OPTIONS, ORIGIN)
    spooled = Spooled(OPTIONS, games, ORIGIN, tmp_path / "messages")

    counted = spooled.make(lambda _: None, probes)

    sent = list(spooled)
    assert [each.at_s for each in sent if each.topic is BETS] == counted.bets_at_s.tolist()
    assert (np.diff(counted.bets_at_s) >= 0).all()
    found: dict[str, list[float]] = {}
    for each in sent:
        if each.key.startswith(b"probe-"):
            READERS[BETS.name].read(each.value, ARRIVED_MS)
            for leg in msgspec.json.decode(each.value)["legs"]:
                found.setdefault(leg["game_id"], []).append(each.at_s)
    due = probes.singles() | probes.tickets()
    assert found == {game: times_s.tolist() for game, times_s in due.times_s.items()}
    assert probes.rows().in_order() == [
        (each.key.decode(), each.at_s) for each in sent if each.key.startswith(b"probe-")
    ]
    assert len(probes.singles().times_s) == probes.bets / 2 == len(probes.tickets().times_s) / 2
    assert probes.bets == 5 * RATE_MAX
    others = [each for each in sent if not each.key.startswith(b"probe-")]
    assert others == [
        each for each in plan(OPTIONS, games, ORIGIN) if each.topic is BETS or each.at_s < 6
    ]
    assert counted.bets == 12_000 + probes.bets


def test_probes_are_few_beside_few_bets() -> None:
    probes = Probes(Options(seed=1, rate=100, seconds=31), ORIGIN)

    assert probes.bets == 60


def test_what_overtakes_does_not_hide_what_is_late() -> None:
    """The k-th count cannot tell; a game with one bet can."""
    due_s = np.arange(1000) / 100
    late = np.arange(1000) % 50 == 0
    there_s = np.sort(due_s + np.where(late, 3.07, 0.07))
    shared = Seen(["a"], there_s, np.zeros(1000, np.int64), np.arange(1, 1001))
    alone = Seen(
        [f"p-{number}" for number in range(1000)],
        due_s + np.where(late, 3.07, 0.07),
        np.arange(1000),
        np.ones(1000, np.int64),
    )

    by_rank = match(Planned({"a": due_s}), shared, 0.0)
    exact = match(Planned({f"p-{n}": due_s[n : n + 1] for n in range(1000)}), alone, 0.0)

    assert np.quantile(by_rank.latency_s, 0.99) < 0.2
    assert np.quantile(exact.latency_s, 0.99) == pytest.approx(3.07)
    assert by_rank.latency_s.mean() == pytest.approx(exact.latency_s.mean())


def test_only_what_is_due_and_not_there_is_looked_for() -> None:
    waiting = Waiting([("p0", 0.0), ("p1", 1.0), ("p2", 2.0)])

    assert waiting.due(1e9) == []
    waiting.begin(100.0)
    assert waiting.due(101.5) == ["p0", "p1"]
    waiting.seen("p0")
    assert waiting.due(101.6) == ["p1"]
    assert waiting.all() == ["p1", "p2"]
    waiting.seen("p2")
    assert waiting.all() == ["p1"]


def test_of_many_that_are_late_each_is_looked_for_in_turn() -> None:
    many = [f"p{number}" for number in range(2 * PROBES_AT_ONCE + 1)]
    waiting = Waiting([(each, 0.0) for each in many])
    waiting.begin(0.0)

    looks = [waiting.due(1.0) for _ in range(3)]

    assert {len(look) for look in looks} == {PROBES_AT_ONCE}
    assert set().union(*looks) == set(many)


def test_a_bet_that_is_counted_twice_is_noticed() -> None:
    due = Planned({"a": np.array([0.0, 1.0]), "b": np.array([0.0]), "c": np.array([0.0])})
    seen = Seen(
        ["b", "a", "other"],
        np.arange(4.0),
        np.array([0, 1, 1, 2]),
        np.array([1, 4, 2, 9]),
    )

    assert overcounted(due, seen) == 2
