"""Latencies in an HdrHistogram: quantiles to a tenth of a percent, and runs that can be added up.

Quantiles of two runs cannot be averaged; their histograms can be added.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from hdrh.histogram import HdrHistogram

from betpnl.replay.stakes import Floats

UNIT = "microseconds"
_PER_S = 1_000_000
_LONGEST_US = 24 * 3600 * _PER_S
_DIGITS = 3
QUANTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9, "max": 100.0}


def histogram(latency_s: Floats) -> HdrHistogram:
    """The histogram of latencies in seconds; NaN, which was never seen, is left out.

    Below a microsecond, and below nothing, counts as one.
    """
    made = HdrHistogram(1, _LONGEST_US, _DIGITS)
    seen = latency_s[~np.isnan(latency_s)]
    rounded = np.clip(np.rint(seen * _PER_S), 1, _LONGEST_US).astype(np.int64)
    for value, count in zip(*map(np.ndarray.tolist, np.unique_counts(rounded)), strict=True):
        made.record_value(value, count)
    return made


def quantiles_ms(made: HdrHistogram, unseen: int = 0) -> dict[str, float | None]:
    """p50 to max in milliseconds, of what was recorded and of what never was seen.

    unseen: how many are longer than anything that was recorded. None where a quantile is one of
    them, and where there is nothing.
    """
    recorded = made.get_total_count()
    if not recorded:
        return dict.fromkeys(QUANTILES)
    of_recorded = {
        name: share * (recorded + unseen) / recorded for name, share in QUANTILES.items()
    }
    return {
        name: round(made.get_value_at_percentile(share) / 1000, 2) if share <= 100 else None
        for name, share in of_recorded.items()
    }


def packed(latency_s: Floats) -> dict[str, Any]:
    """A histogram for the result: as text in the format that every HdrHistogram library reads (V2,
    deflated, base64), and how many were never seen, which no histogram holds."""
    text = str(histogram(latency_s).encode().decode("ascii"))
    return {"unit": UNIT, "hdr_v2": text, "unseen": int(np.isnan(latency_s).sum())}


def added(texts: Iterable[str]) -> HdrHistogram:
    """The sum of encoded histograms."""
    total = HdrHistogram(1, _LONGEST_US, _DIGITS)
    for text in texts:
        total.decode_and_add(text.encode("ascii"))
    return total
