"""The watchdog as the settings want it."""

from __future__ import annotations

from betpnl.api.pnl.pool import open_reader
from betpnl.contract.currencies import minor_units
from betpnl.limits.access import open_writer
from betpnl.limits.teller import Webhook
from betpnl.limits.watchdog import Watchdog
from betpnl.replay.clock import SystemClock
from betpnl.settings import Settings


def watchdog(settings: Settings) -> Watchdog:
    """A watchdog that has not begun yet. Raises UserError for settings that cannot work."""
    url = settings.resolved_board_webhook_url()
    currency = settings.base_currency
    secret = settings.resolved_board_webhook_secret()
    return Watchdog(
        write=lambda: open_writer(settings),
        read=lambda: open_reader(settings),
        base_minor=minor_units(currency),
        clock=SystemClock(),
        webhook=Webhook(url, secret, currency, settings.board_url) if url else None,
        stand_s=2 * settings.flush_interval_other_ms / 1000,
    )
