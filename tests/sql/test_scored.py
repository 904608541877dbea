"""Flink and the audit put a single into the same band, and count it alike."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from betpnl.verify import scored

ODDS = (
    "1.0001", "1.1111", "1.1112", "1.3333", "1.3334", "1.6666", "1.6667", "2.5000", "2.5001",
    "4.0000", "4.0001", "10.0000", "10.0001", "1000.0000",
)  # fmt: skip


def test_flink_and_the_audit_agree_on_bands_and_on_bets_that_do_not_count() -> None:
    singles = [(odds, "0.40000000", number % 2) for number, odds in enumerate(ODDS)]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("fold_scored.py"))],
        input=json.dumps(singles),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]

    for (odds, _, bets), said in zip(singles, json.loads(done.stdout), strict=True):
        assert len(said) == 2
        for projection, version in zip(said, ("model", "other"), strict=True):
            assert f"CAST('{version}' AS" in projection
            assert f" {scored.band(Decimal(odds)):.2f} AS band, {bets} AS bets" in projection
            assert ("LN(" in projection) == (bets == 1)
