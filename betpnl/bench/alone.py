"""One measurement at a time: two on one stack would each measure the other's bets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from betpnl.settings import Settings
from betpnl.stack.memory import exclusive


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """For the length of the block no other `betpnl bench` measures the stack of this `home`.

    Raises UserError when one does.
    """
    with exclusive(
        settings.home / "bench.lock",
        f"Another `betpnl bench` measures the stack in {settings.home}, and each would measure the "
        "other's bets; wait for its end, or end it.",
    ):
        yield
