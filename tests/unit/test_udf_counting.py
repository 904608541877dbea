"""What the functions count of a batch, for Flink's metrics."""

from __future__ import annotations

from typing import Any

from betpnl.bet_rows import MODEL_VERSION, Row
from betpnl.model.outcome import FALLBACK_VERSION
from tests.unit.contract_records import ARRIVED_MS
from tests.unit.test_bet_rows import BETS_ROWS, FEED_ROWS, MODEL, bet_row, with_number
from udfs.counting import BetCounts, FeedCounts

GOOD = with_number("stake", "10")


class Group:
    """Keeps counters as Flink's metric group does: the same name is the same counter."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def get_metric_group(self) -> Group:
        return self

    def counter(self, name: str) -> Any:
        group = self

        class Counter:
            def inc(self, count: int = 1) -> None:
                group.counts[name] = group.counts.get(name, 0) + count

            def dec(self) -> None:
                self.inc(-1)

        return Counter()


def test_a_batch_of_bets_is_counted_with_its_rejects_fallbacks_and_time() -> None:
    group = Group()
    counts = BetCounts(group)  # type: ignore[arg-type]
    by_fallback: Row = [*bet_row(GOOD)]
    by_fallback[MODEL_VERSION] = FALLBACK_VERSION

    with counts.timed():
        rows = BETS_ROWS.rows([GOOD, b"{}", GOOD], [ARRIVED_MS // 1000] * 3)
    counts.rows([*rows, by_fallback])
    with counts.timed():
        counts.rows([])

    spent_us = group.counts.pop("betpnl_microseconds")
    assert spent_us > 0
    assert group.counts == {
        "betpnl_records": 4,
        "betpnl_rejects": 1,
        "betpnl_fallbacks": 1,
        "betpnl_batches": 2,
    }


def test_the_model_version_stands_where_the_count_looks_for_it() -> None:
    assert bet_row(GOOD)[MODEL_VERSION] == MODEL.version


def test_a_stale_model_is_counted_until_it_is_no_more() -> None:
    group = Group()
    counts = BetCounts(group)  # type: ignore[arg-type]

    def told(stale: bool, challenger_out: bool) -> dict[str, int]:
        counts.models(stale=stale, challenger_out=challenger_out)
        return dict(group.counts)

    assert told(False, False) == {}
    assert told(True, False) == {"betpnl_stale": 1}
    assert told(True, True) == {"betpnl_stale": 1, "betpnl_unchallenged": 1}
    assert told(False, True) == {"betpnl_stale": 0, "betpnl_unchallenged": 1}
    assert told(False, False) == {"betpnl_stale": 0, "betpnl_unchallenged": 0}


def test_other_topics_are_counted_apart() -> None:
    group = Group()
    topics = ["games", "results", "games"]
    rows = FEED_ROWS.rows(topics, [b"{}", b"no", b"{}"], [0, 0, 0])
    rows[2] = [None, "game"]

    FeedCounts(group).rows(topics, rows)  # type: ignore[arg-type]

    assert group.counts == {
        "betpnl_records_games": 2,
        "betpnl_rejects_games": 1,
        "betpnl_records_results": 1,
        "betpnl_rejects_results": 1,
    }
