"""The ways in which a bet may change after it was placed, in the order of `Mix.fates`."""

from enum import IntEnum


class Fate(IntEnum):
    """What happens to a bet."""

    NONE = 0
    REJECTED = 1
    CANCELLED = 2
    AMENDED = 3
    CASHED_PART = 4
    CASHED_FULL = 5
    DUPLICATE = 6
    LATE = 7
