"""What the settings fix about the records of a deployment."""

from __future__ import annotations

from betpnl.contract.checks import Rules
from betpnl.settings import Settings

_DAY_MS = 86_400_000


def rules(settings: Settings) -> Rules:
    """The rules that records are checked by."""
    return Rules(
        base_currency=settings.base_currency,
        bet_horizon_ms=settings.bet_horizon_days * _DAY_MS,
        accepted_ahead_ms=settings.accepted_ahead_max_s * 1000,
    )
