"""How long a bet was on its way: measured where it can be told, never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry

from betpnl.monitor.latency import LOST_S, Waiting
from betpnl.monitor.metrics import Latencies
from betpnl.monitor.tail import Sampled

SENT = datetime(2026, 11, 1, 12, 0, 0, 500_000)
BEFORE = SENT - timedelta(seconds=3)
BET = Sampled("bet", 1, "game", Decimal("10.80"), SENT)


def after(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


class Measured:
    """Sampled bets, and what was counted of them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.waiting = Waiting(Latencies(self._registry))

    def outcomes(self) -> dict[str, float]:
        found = {
            outcome: self._registry.get_sample_value(
                "betpnl_latency_samples_total", {"outcome": outcome}
            )
            for outcome in ("measured", "lost", "skipped")
        }
        return {outcome: count for outcome, count in found.items() if count}

    def latency(self, kind: str) -> float | None:
        """The sum of the latencies of a kind; None when there is none."""
        name = f"betpnl_{kind}_latency_seconds"
        if not self._registry.get_sample_value(f"{name}_count"):
            return None
        return self._registry.get_sample_value(f"{name}_sum")


@pytest.fixture
def measured() -> Measured:
    return Measured()


def test_a_bet_is_there_once_its_row_has_its_version(measured: Measured) -> None:
    measured.waiting.add(replace(BET, version=2), 1, None)
    measured.waiting.look(after(0.1), {"bet": 1}, {})
    assert measured.outcomes() == {}
    measured.waiting.look(after(0.4), {"bet": 2}, {})

    assert measured.outcomes() == {"measured": 1}
    assert measured.latency("bet") == pytest.approx(0.4)
    assert len(measured.waiting) == 0


def test_a_bet_that_was_overtaken_by_a_later_version_is_there(measured: Measured) -> None:
    measured.waiting.add(BET, None, None)
    measured.waiting.look(after(0.4), {"bet": 3}, {})

    assert measured.outcomes() == {"measured": 1}


@pytest.mark.parametrize("version", [1, 2])
def test_a_row_that_is_there_already_tells_nothing(measured: Measured, version: int) -> None:
    measured.waiting.add(BET, version, None)

    assert measured.outcomes() == {"skipped": 1}
    assert len(measured.waiting) == 0


def test_the_same_bet_is_awaited_once(measured: Measured) -> None:
    measured.waiting.add(BET, None, None)
    measured.waiting.add(BET, None, None)

    assert measured.outcomes() == {"skipped": 1}
    assert measured.waiting.due(after(0)) == (["bet"], ["game"])


def test_a_bet_without_a_row_after_a_minute_is_lost(measured: Measured) -> None:
    measured.waiting.add(BET, None, None)
    measured.waiting.look(after(LOST_S - 1), {}, {})
    assert measured.outcomes() == {}
    measured.waiting.look(after(LOST_S + 4), {}, {})

    assert measured.outcomes() == {"lost": 1}
    assert measured.latency("bet") is None


def test_a_producer_whose_clock_is_ahead_makes_no_negative_latency(measured: Measured) -> None:
    measured.waiting.add(BET, None, None)
    measured.waiting.look(after(-2), {"bet": 1}, {})

    assert measured.latency("bet") == 0


def test_a_game_that_grew_by_the_bet_holds_it(measured: Measured) -> None:
    measured.waiting.add(BET, None, (Decimal("100.0000"), BEFORE))
    measured.waiting.look(after(0.02), {}, {"game": (Decimal("100.0000"), BEFORE)})
    measured.waiting.look(after(0.05), {}, {"game": (Decimal("110.8000"), after(0.04))})
    measured.waiting.look(after(0.4), {"bet": 1}, {"game": (Decimal("150.0000"), after(0.3))})

    assert measured.latency("game") == pytest.approx(0.05)
    assert measured.latency("bet") == pytest.approx(0.4)


def test_a_game_without_a_row_holds_nothing(measured: Measured) -> None:
    measured.waiting.add(BET, None, None)
    measured.waiting.look(after(0.05), {}, {"game": (Decimal("10.8000"), after(0.04))})

    assert measured.latency("game") == pytest.approx(0.05)


def test_a_game_that_others_bet_on_in_the_same_moment_is_not_measured(measured: Measured) -> None:
    measured.waiting.add(BET, None, (Decimal("100.0000"), BEFORE))
    measured.waiting.look(after(0.05), {}, {"game": (Decimal("130.8000"), after(0.04))})
    measured.waiting.look(after(0.06), {}, {"game": (Decimal("141.6000"), after(0.05))})

    assert measured.latency("game") is None


def test_sums_that_may_hold_the_bet_already_are_not_measured(measured: Measured) -> None:
    measured.waiting.add(BET, None, (Decimal("110.8000"), after(0.01)))

    assert measured.waiting.due(after(0)) == (["bet"], [])


def test_a_bet_that_adds_nothing_of_its_own_measures_no_game(measured: Measured) -> None:
    measured.waiting.add(replace(BET, handle=Decimal(0)), None, None)
    measured.waiting.add(replace(BET, bet_id="amended", version=2), 1, None)

    assert measured.waiting.due(after(0)) == (["bet", "amended"], [])


def test_a_bet_is_looked_for_as_exactly_as_it_is_late(measured: Measured) -> None:
    measured.waiting.add(BET, None, None)
    assert measured.waiting.wait_s(after(-1)) == 0
    looks, now_s = [], 0.0
    while len(measured.waiting):
        looks.append(now_s)
        measured.waiting.look(after(now_s), {}, {})
        wait_s = measured.waiting.wait_s(after(now_s)) or 0
        assert measured.waiting.due(after(now_s)) == ([], [])
        now_s += wait_s

    assert looks[:3] == pytest.approx([0, 0.01, 0.02])
    assert max(later / sooner for sooner, later in pairwise(looks[20:])) <= 1.06
    assert len(looks) < 160
    assert measured.waiting.wait_s(after(0)) is None


def test_it_is_known_when_bets_are_late(measured: Measured) -> None:
    assert not measured.waiting.is_late(after(9))
    measured.waiting.add(BET, None, None)

    assert not measured.waiting.is_late(after(4))
    assert measured.waiting.is_late(after(6))
