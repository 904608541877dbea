"""The highest rate that holds: doubling until one does not, then halving the distance."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def highest(
    holds: Callable[[float], bool],
    *,
    known: Mapping[float, bool] | None = None,
    start: float = 1000.0,
    floor: float = 1.0,
    ceiling: float = 1_000_000.0,
    precision: float = 0.1,
    trials_max: int = 12,
) -> float | None:
    """The highest rate known to hold after at most `trials_max` trials; None if none did.

    holds: tries a rate, which takes minutes. known: what was tried before. start: the first rate
    to try when nothing holds yet. floor, ceiling: no rate below or above is tried. precision: the
    search is over once the lowest rate that fails is within this share above the highest one that
    holds.
    """
    tried = dict(known or {})
    for _ in range(trials_max):
        rate = _next(tried, start, floor, ceiling, precision)
        if rate is None:
            break
        tried[rate] = holds(rate)
    return best(tried)


def _next(
    tried: Mapping[float, bool], start: float, floor: float, ceiling: float, precision: float
) -> float | None:
    good, bad = best(tried), min((rate for rate, held in tried.items() if not held), default=None)
    if good is None:
        if bad is None:
            return min(start, ceiling)
        return bad / 2 if bad / 2 >= floor else None
    if bad is None:
        return min(2 * good, ceiling) if good < ceiling else None
    return (good + bad) / 2 if bad > good * (1 + precision) else None


def best(tried: Mapping[float, bool]) -> float | None:
    """The highest rate that held and that no lower one contradicts by failing."""
    bad = min((rate for rate, held in tried.items() if not held), default=float("inf"))
    return max((rate for rate, held in tried.items() if held and rate < bad), default=None)
