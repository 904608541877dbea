"""Room on disk, asked for before bets fill it."""

from __future__ import annotations

import shutil
from pathlib import Path

from betpnl.errors import UserError

BYTES_PER_BET = 3_500
"""Its message, its row with index and redo log, and its share of checkpoints."""
BYTES_SPOOLED = 1_000
"""A message that is made before it is due."""


def check_room(folder: Path, bets: int, bytes_per_bet: int, otherwise: str) -> None:
    """Raises UserError when so many bets do not fit; otherwise: what to do then, in words."""
    free = shutil.disk_usage(folder).free
    needed = bets * bytes_per_bet
    if needed > free:
        raise UserError(
            f"{bets:,} bets take about {needed / 1e9:.0f} GB, and {folder} has {free / 1e9:.0f} GB "
            f"free; {otherwise}, or let `home` (BETPNL_HOME) be on another disk."
        )
