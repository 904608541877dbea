"""When a breach begins, gets worse and ends; and what waits to be written down."""

from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.limits.evaluate import Judge, utc
from betpnl.limits.events import Began, Ended, Event, Queue, Worse
from betpnl.limits.records import Breach, Limit

HOLD_S = 5.0
AT = datetime(2026, 1, 5, 18, 30)


def limit(limit_id: int = 1, bound: str = "100", **changes: Any) -> Limit:
    return Limit(
        **{
            "limit_id": limit_id,
            "version": 1,
            "enabled": True,
            "created_by": "ann",
            "created_at": AT,
            "scope": "game",
            "game_id": "g",
            "measure": "liability",
            "bound": D(bound),
            **changes,
        }
    )


def seen(judge: Judge, *figures: tuple[float, str | None]) -> list[Event]:
    found = [judge.see(limit(), None if v is None else D(v), s) for s, v in figures]
    return [event for event in found if event is not None]


def test_a_breach_begins_at_the_first_figure_beyond_the_bound() -> None:
    judge = Judge(HOLD_S)

    assert seen(judge, (0, "100"), (1, "100.0001"), (2, "100.0001")) == [
        Began(limit(), D("100.0001"), D("100.0001"), utc(1))
    ]
    (breach,) = judge.open_breaches
    assert (breach.began_value, breach.began_at, breach.bound) == (D("100.0001"), utc(1), 100)


def test_it_gets_worse_and_never_better() -> None:
    judge = Judge(HOLD_S)

    events = seen(judge, (0, "101"), (1, "150"), (2, "120"), (3, "151"))

    assert events[1:] == [Worse(limit(), D(150)), Worse(limit(), D(151))]
    assert judge.open_breaches[0].worst_value == 151


def test_it_ends_once_the_figure_has_been_within_for_the_hold_time() -> None:
    judge = Judge(HOLD_S)

    assert len(seen(judge, (0, "101"), (1, "100"), (5.9, "99"))) == 1
    assert seen(judge, (6, "98")) == [Ended(limit(), D(98), utc(6), utc(1), "within")]
    assert judge.open_breaches == ()


def test_a_figure_that_dances_on_the_bound_is_one_breach() -> None:
    judge = Judge(HOLD_S)
    dance = [(float(second), ("101", "99")[second % 2]) for second in range(100)]

    assert len(seen(judge, *dance)) == 1


def test_a_game_that_is_followed_no_more_ends_it_too() -> None:
    judge = Judge(HOLD_S)

    assert seen(judge, (0, "101"), (1, None), (6, None))[1:] == [
        Ended(limit(), None, utc(6), utc(1), "gone")
    ]


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(95, 105))))
def test_beginnings_and_ends_alternate_and_the_hold_is_kept(steps: list[tuple[int, int]]) -> None:
    judge, now_s, within_s, worst = Judge(HOLD_S), 0, 0, 0
    is_open = False
    for pause, value in steps:
        now_s += pause
        event = judge.see(limit(), D(value), now_s)
        beyond = value > 100
        if beyond and not is_open:
            assert isinstance(event, Began)
            is_open, worst = True, value
        elif beyond:
            assert isinstance(event, Worse) == (value > worst)
            worst = max(worst, value)
        elif is_open and isinstance(event, Ended):
            assert now_s - within_s >= HOLD_S
            is_open = False
        else:
            assert event is None
            assert not is_open or now_s - (within_s or now_s) < HOLD_S
        within_s = 0 if beyond or not is_open else within_s or now_s
        assert [breach.worst_value for breach in judge.open_breaches] == [worst] * is_open


def recorded(limit_id: int, **changes: Any) -> Breach:
    return Breach(
        **{
            "breach_id": 7,
            "limit_id": limit_id,
            "limit_version": 1,
            "scope": "game",
            "measure": "liability",
            "bound": D(100),
            "began_at": AT,
            "began_value": D(110),
            "worst_value": D(120),
            **changes,
        }
    )


def test_what_the_database_has_open_is_taken_over() -> None:
    judge = Judge(HOLD_S)
    judge.see(limit(2), D(101), 0)
    judge.see(limit(3), D(101), 0)

    judge.settle([recorded(1), recorded(9)], limits=[1, 2, 3], busy={3})

    assert sorted(breach.limit_id for breach in judge.open_breaches) == [1, 3]
    assert judge.see(limit(1), D(115), 1) is None
    assert judge.see(limit(1), D(121), 1) == Worse(limit(1), D(121))


def test_what_worsens_while_mysql_is_away_does_not_pile_up() -> None:
    queue = Queue()
    began = Began(limit(), D(101), D(101), AT)
    queue.add(began)
    for value in range(102, 2000):
        queue.add(Worse(limit(), D(value)))
        queue.add(Worse(limit(2), D(value)))
    taken = queue.take()

    assert taken == [Began(limit(), D(101), D(1999), AT), Worse(limit(2), D(1999))]

    ended = Ended(limit(), D(1), AT, AT, "within")
    queue.add(Worse(limit(2), D(2000)))
    queue.add(ended)
    queue.give_back(taken)
    assert queue.take() == [taken[0], Worse(limit(2), D(2000)), ended]
    assert queue.take() == []


def test_times_are_utc_cut_to_milliseconds() -> None:
    moment = datetime(2026, 1, 5, 18, 30, 1, 999_999, tzinfo=UTC).timestamp()

    assert utc(moment) == datetime(2026, 1, 5, 18, 30, 1, 999_000)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Liability of game g: at most 100"),
        ({"scope": "total", "measure": "total_pnl"}, "Total PNL of all games: at least 100"),
        ({"scope": "sport", "sport": "tennis"}, "Liability of sport tennis: at most 100"),
        (
            {"scope": "market", "market": "total", "line": "2.5"},
            "Liability of market total 2.5 of game g: at most 100",
        ),
    ],
)
def test_a_limit_reads_as_a_sentence(changes: dict[str, Any], words: str) -> None:
    assert limit(**changes).sentence == words


def test_a_figure_that_only_flashes_beyond_the_bound_is_no_breach() -> None:
    judge = Judge(HOLD_S, stand_s=1.0)

    assert seen(judge, (0, "90"), (0.3, "186"), (0.6, "170"), (0.9, "90"), (1.5, "90")) == []
    # The time that it was beyond before does not count.
    assert seen(judge, (1.6, "186"), (2.4, "186"), (2.5, "90")) == []


def test_what_counts_is_what_stood() -> None:
    judge = Judge(HOLD_S, stand_s=1.0)

    events = seen(judge, (0, "110"), (0.5, "150"), (1.0, "120"), (1.4, "120"))
    assert events == [Began(limit(), D(110), D(110), utc(1.0))]
    # From 0.5 on it was never less than 120; a flash to 500 changes nothing, but what stood does.
    assert seen(judge, (1.5, "500"), (1.7, "130")) == [Worse(limit(), D(120))]
    assert seen(judge, (2.0, "130"), (2.8, "130")) == [Worse(limit(), D(130))]


def test_a_limit_that_is_changed_begins_to_stand_anew() -> None:
    judge = Judge(HOLD_S, stand_s=1.0)

    assert judge.see(limit(), D(150), 0.0) is None
    assert judge.see(limit(version=2), D(150), 1.0) is None
    assert isinstance(judge.see(limit(version=2), D(150), 2.0), Began)
