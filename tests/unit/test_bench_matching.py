"""Which visible count belongs to which planned time, and what that makes of a backlog."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from betpnl.bench.backlog import backlog, slope
from betpnl.bench.load import load
from betpnl.bench.matching import (
    MIX,
    Matched,
    Planned,
    Seen,
    by_batch,
    match,
    planned,
    steady_rate,
)
from betpnl.bench.observe import WATCHED_MAX, watched
from betpnl.bench.over_time import by_second, first_and_last, worked_off
from betpnl.bench.probes import Probes
from betpnl.bench.spool import Counting, Spooled, left_open
from betpnl.bench.wide import wide
from betpnl.contract.topics import BETS, RESULTS
from betpnl.games import Game, load_games
from betpnl.replay import Options, plan
from betpnl.replay.offers import LEGS_MAX, Book, Offers

NOTHING = Seen([], np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
ORIGIN = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def games() -> list[Game]:
    return load_games()[::20]


def test_a_count_is_set_against_the_planned_time_of_its_rank() -> None:
    due = Planned({"a": np.array([0.0, 1.0, 2.0]), "b": np.array([0.5, 0.6])})
    seen = Seen(
        game_ids=["b", "a"],
        at_s=np.array([100.7, 101.1, 101.2, 101.3, 102.5]),
        games=np.array([0, 1, 1, 1, 1]),
        # The third row of a is a correction's dip: what was visible stays visible.
        counts=np.array([1, 2, 1, 2, 3]),
    )

    matched = match(due, seen, 100.0)

    assert matched.latency_s == pytest.approx([1.1, 0.1, 0.5, 0.2, np.nan], nan_ok=True)
    assert matched.unseen == 1
    assert matched.between(0.6, np.inf).planned_s.tolist() == [1.0, 2.0, 0.6]


def test_a_game_that_never_showed_up_is_unseen() -> None:
    matched = match(Planned({"a": np.array([0.0, 1.0])}), NOTHING, 0.0)

    assert matched.unseen == len(matched.latency_s) == 2


def test_planned_counts_are_the_bets_of_each_game(games: list[Game]) -> None:
    options = Options(seed=2, rate=500, games=5, game_s=4, seconds=6, mix=MIX)
    replay = plan(options, games, ORIGIN)
    counting = Counting(replay)
    blocks = list(counting.blocks(replay.blocks()))
    due = counting.counted().planned()

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

    assert {game_id: len(times) for game_id, times in due.times_s.items()} == expected
    assert counting.counted().bets == 3000
    assert len(counting.counted().bets_at_s) == sum(
        len(block.at_s) for block in blocks if block.topic is BETS
    )
    for times_s in due.times_s.values():
        assert (np.diff(times_s) >= 0).all()


def test_counts_keep_their_order_within_each_game() -> None:
    due = planned(["a", "b", "c"], np.array([0.0, 1.0, 2.0, 3.0]), np.array([2, 0, 2, 0]))

    assert {name: times.tolist() for name, times in due.times_s.items()} == {
        "a": [1.0, 3.0],
        "c": [0.0, 2.0],
    }
    assert due.only({"c", "unknown"}).counts == 2


def test_messages_from_the_file_are_those_of_the_plan(games: list[Game], tmp_path: Path) -> None:
    options = Options(seed=2, rate=500, games=5, game_s=4, seconds=6, mix=MIX)
    spooled = Spooled(options, games, ORIGIN, tmp_path / "messages")

    counted = spooled.make(lambda _: None, Probes(options, ORIGIN))

    assert next(message.topic for message in spooled if message.topic is RESULTS)
    assert counted.planned().counts == len(counted.planned_s) > 3000


def test_games_that_outlast_the_bets_stay_open(games: list[Game]) -> None:
    def results(speed: float) -> list[float]:
        options = Options(seed=2, rate=500, games=5, seconds=60, speed=speed, mix=MIX)
        replay = plan(options, games, ORIGIN)
        assert any(block.topic is RESULTS for block in replay.blocks())
        left = left_open(replay, replay.blocks())
        return [block.at_s[0] for block in left if block.topic is RESULTS]

    assert results(speed=1) == []
    assert results(speed=600)
    assert max(results(speed=600)) < 60


def test_what_was_worked_off_in_each_second_adds_up() -> None:
    seen = Seen(
        game_ids=["a", "b"],
        at_s=np.array([100.5, 101.5, 103.0]),
        games=np.array([0, 1, 0]),
        counts=np.array([10, 40, 50]),
    )

    found = worked_off(seen, from_s=100.0, bets_per_count=2.0)

    assert found == {"second": [1.0, 2.0, 3.0], "bets_per_s": [20.0, 80.0, 80.0]}
    assert worked_off(NOTHING, 0.0, 1.0)["second"] == []


def test_the_steady_rate_leaves_out_start_and_end() -> None:
    seen = Seen(
        game_ids=["a", "b"],
        at_s=np.array([10.0, 11.0, 12.0, 20.0]),
        games=np.array([0, 1, 0, 1]),
        counts=np.array([10, 40, 50, 50]),
    )

    assert seen.total().tolist() == [10, 50, 90, 100]
    assert steady_rate(seen, 0.1, 0.9) == pytest.approx(40.0)


def test_a_count_of_a_batch_is_due_when_the_batch_goes_out() -> None:
    due = Planned({"a": np.array([0.0, 1.0, 3.0]), "b": np.array([2.0, 4.0])})

    batched = by_batch(due, np.array([0.0, 1.0, 2.0, 3.0, 4.0]), size=2)

    assert batched.times_s["a"].tolist() == [1.0, 1.0, 3.0]
    assert batched.times_s["b"].tolist() == [3.0, 4.0]


@pytest.mark.parametrize(("per_s", "drift"), [(100, 0.0), (80, 20.0), (50, 50.0)])
def test_the_backlog_grows_by_what_is_not_worked_off(per_s: int, drift: float) -> None:
    due = Planned({"a": np.arange(0, 60, 0.01)})
    at_s = np.arange(0, 60, 0.1) + 0.1
    seen = Seen(["a"], 1000.0 + at_s, np.zeros(600, np.int64), np.rint(at_s * per_s).astype(int))

    found = backlog(due, seen, 1000.0, 10.0, 60.0, 1.0)

    assert found.drift_per_s == pytest.approx(drift, abs=0.5)
    assert found.figures()["bets_at_end"] == pytest.approx(60 * (100 - per_s), rel=0.05, abs=12)


def test_the_backlog_counts_bets_when_only_some_games_are_watched() -> None:
    due = Planned({"a": np.arange(0, 10, 0.1)})

    found = backlog(due, NOTHING, 0.0, 1.0, 10.0, bets_per_count=7.0)

    assert found.drift_per_s == pytest.approx(70.0, rel=0.02)


def test_slope_is_that_of_least_squares() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.0, 0.0, 4.0, 3.0])

    assert slope(x, y) == pytest.approx(np.polynomial.Polynomial.fit(x, y, 1).convert().coef[1])
    assert slope(x[:1], y[:1]) == 0.0


def test_each_second_has_the_latencies_of_the_bets_planned_in_it() -> None:
    matched = Matched(np.array([10.9, 11.2, 10.1, 12.5]), np.array([0.3, 0.1, 0.1, np.nan]))
    waiting = backlog(Planned({"a": np.array([10.0])}), NOTHING, 0.0, 10.0, 13.0, 1.0)

    columns = by_second(matched, waiting)

    # Of the bets of second 12 none was seen: longer than anything, but there.
    assert columns["second"] == [10, 11, 12]
    assert columns["p50_ms"] == [100.0, 100.0, None]
    assert columns["max_ms"] == [300.0, 100.0, None]
    assert columns["backlog_bets"] == [1.0, 1.0, 1.0]


def test_a_second_of_which_half_was_never_seen_has_no_p99() -> None:
    matched = Matched(np.array([10.0, 10.1, 10.2, 10.3]), np.array([0.1, np.nan, 0.2, np.nan]))
    waiting = backlog(Planned({"a": np.array([10.0])}), NOTHING, 0.0, 10.0, 11.0, 1.0)

    columns = by_second(matched, waiting)

    assert (columns["p50_ms"], columns["p99_ms"]) == ([200.0], [None])


def test_latency_that_grows_shows_in_the_last_fifth() -> None:
    rising: list[float | None] = [float(second) for second in range(100)]
    seconds = {"second": rising, "p50_ms": rising, "p99_ms": [*rising[:85], *[None] * 15]}

    assert first_and_last(seconds) == {"p50_ms": [9.0, 89.0], "p99_ms": [9.0, None]}
    assert first_and_last({"second": [], "p50_ms": [], "p99_ms": []}) == {
        "p50_ms": [None, None],
        "p99_ms": [None, None],
    }
    one: list[float | None] = [7.0]
    assert first_and_last({"second": one, "p50_ms": one, "p99_ms": one})["p50_ms"] == [7.0, 7.0]


def test_few_games_are_all_watched_and_of_many_the_same_few() -> None:
    many = [f"g{number}" for number in range(5 * WATCHED_MAX)]

    assert watched(many[:WATCHED_MAX], seed=1) == many[:WATCHED_MAX]
    assert len(set(watched(many, seed=1))) == WATCHED_MAX
    assert watched(many, seed=1) == watched(many, seed=1) != watched(many, seed=2)


def test_half_of_the_singles_fall_on_the_hot_game_and_it_stays_open(games: list[Game]) -> None:
    what = load(seed=3, rate=500, base_currency="EUR", seconds=20, games=20, game_s=30.0, hot=0.5)
    replay = plan(what.options, games, ORIGIN)
    hot = replay.timeline.fixtures[0].game_id.encode()

    singles = [
        (message.at_s, hot in message.value)
        for message in replay
        if message.topic is BETS and b'"bet_type":"single"' in message.value
    ]

    for from_s in (0, 10):
        share = np.mean([is_hot for at_s, is_hot in singles if from_s <= at_s < from_s + 10])
        assert share == pytest.approx(0.5, abs=0.03)


def test_without_a_hot_game_nothing_changes(games: list[Game]) -> None:
    options = Options(seed=3, rate=100, games=20, game_s=10, seconds=10)

    assert list(plan(options, games, ORIGIN)) == list(
        plan(Options(seed=3, rate=100, games=20, game_s=10, seconds=10, hot=0.0), games, ORIGIN)
    )


def test_wide_games_are_many_and_open_until_the_bets_end(games: list[Game]) -> None:
    count = 3 * len(games) + 1
    many = wide(games, count)
    what = load(seed=3, rate=1000, base_currency="EUR", seconds=3, games=count, wide=True)
    assert what.wide
    options = Options(seed=3, rate=1000, games=count, seconds=3, game_s=1e7, mix=MIX)

    replay = plan(options, many, ORIGIN)

    assert len({game.game_id for game in many}) == count == len(replay.timeline.fixtures)
    assert len({fixture.game_id for fixture in replay.timeline.fixtures}) == count
    # Nothing happens to a game between its opening and the end of betting.
    assert {moment.at_s for moment in replay.timeline.moments if moment.at_s < 3} == {0.0}
    assert all(len(game.checkpoints) == len(game.checkpoints[0].prices) == 1 for game in many)
    assert all(game.results for game in many)


def test_tickets_among_very_many_games_have_different_ones_by_their_weight() -> None:
    count = 3000
    books = [
        Book(
            SimpleNamespace(number=number, ends_s=1.0),  # type: ignore[arg-type]
            [f"leg {number}"],
            np.array([2.0]),
            np.array([1.0]),
            # A third of all bets fall on the first.
            count / 2 if number == 0 else 1.0,
        )
        for number in range(count)
    ]

    tickets = Offers(books).draw_tickets(np.random.default_rng(1), 4000)

    assert tickets.shape == (4000, LEGS_MAX)
    assert all(len(set(row)) == LEGS_MAX for row in tickets.tolist())
    # The first leg is drawn as a single would be.
    assert (tickets[:, 0] == 0).mean() == pytest.approx(1 / 3, abs=0.03)
    assert (tickets == 0).any(axis=1).mean() == pytest.approx(1 - (2 / 3) ** LEGS_MAX, abs=0.03)
