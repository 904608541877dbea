"""Whoever is told to wait gets in when the wait is over."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from betpnl.api.auth import Client
from betpnl.api.errors import ApiError
from betpnl.api.ingest.rates import Rates

LIMIT = 100
ACME = Client("acme", frozenset())
BATCHES = st.lists(st.tuples(st.floats(0, 0.7), st.integers(1, LIMIT)), min_size=2, max_size=12)


def _refused(rates: Rates, records: int) -> int | None:
    """The wait that a batch is told, None when it passes."""
    try:
        rates.take(ACME, records)
    except ApiError as error:
        return error.retry_after_s
    return None


@given(st.floats(0, 1), BATCHES)
@example(0.0, [(0.0, LIMIT), (0.0, LIMIT)])
@example(0.99, [(0.0, LIMIT), (0.0, 1)])
def test_a_batch_passes_after_the_wait_that_it_was_told(
    started: float, batches: list[tuple[float, int]]
) -> None:
    clock = SimpleNamespace(now=1_700_000_000 + started)
    with pytest.MonkeyPatch.context() as patched:
        # The library asks for the time itself.
        patched.setattr("limits.storage.memory.time", SimpleNamespace(time=lambda: clock.now))
        rates = Rates(LIMIT)
        told = 0
        for pause_s, records in batches:
            clock.now += pause_s
            wait_s = _refused(rates, records)
            if wait_s is not None:
                told += 1
                assert wait_s in (1, 2)
                clock.now += wait_s
                assert _refused(rates, records) is None
        assume(told)
