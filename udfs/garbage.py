"""Python's search for objects that only hold each other, which each batch would set off."""

from __future__ import annotations

import gc

_OBJECTS_OF_A_BATCH = 100_000


def seldom() -> None:
    """Search rarely, and never through what is there by now; for as long as the worker lives.

    A batch makes tens of thousands of objects and drops them: searching for each 700 more of them,
    as Python does, took an eighth of what a batch of bets took.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_OF_A_BATCH, *gc.get_threshold()[1:])
