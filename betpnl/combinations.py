"""Sums over combinations: what the lines of a system bet come to together.

A system bet of sizes k over n legs is one line for each choice of k of its legs, each with all
the bankers. The sum over the lines of the product over a line's legs is the elementary symmetric
polynomial of degree k (recurrence as in any text on symmetric functions: e_k of one value more is
e_k + value x e_(k-1)), so nothing needs to be listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import comb, prod
from typing import TypeVar

T = TypeVar("T")
N = TypeVar("N", Decimal, Fraction)


def count(sizes: Sequence[int], legs: int) -> int:
    """How many lines these sizes make over so many legs that are no bankers."""
    return sum(comb(legs, size) for size in sizes)


def total(sizes: Sequence[int], values: Sequence[N], bankers: Sequence[N], one: N) -> N:
    """The sum over all lines of the product of their legs' values and the bankers'.

    values: of the legs that are no bankers. one: the number 1 of the values' kind, Decimal or
    Fraction; Decimals are multiplied in the context of the caller.
    """
    zero = one - one
    sums = [one] + [zero] * max(sizes)
    for value in values:
        for size in range(len(sums) - 1, 0, -1):
            sums[size] += value * sums[size - 1]
    return prod(bankers, start=one) * sum((sums[size] for size in sizes), zero)


def lines(sizes: Sequence[int], legs: Sequence[T], bankers: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Each line's legs, the bankers first."""
    for size in sizes:
        for line in combinations(legs, size):
            yield (*bankers, *line)
