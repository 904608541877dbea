"""In every page's header: how many limits are passed, and a word when one begins to be."""

from __future__ import annotations

from nicegui import ui

from betpnl.board.board import Board
from betpnl.limits.records import Breach

_EVERY_S = 1.0
_WARN_S = 15
_TOASTS_MAX = 3


def breach_badge(board: Board) -> None:
    """The badge; it leads to the page of limits, and is not there while no limit is passed."""
    with ui.element("span").props('role="status"'):
        badge = ui.link("", "/limits").classes("breach-badge")
    known = {_beginning(breach) for breach in board.limits.open_breaches}

    def refresh() -> None:
        breaches = board.limits.open_breaches
        text = badge_text(len(breaches))
        if badge.text != text:
            badge.set_text(text)
        badge.set_visibility(bool(breaches))
        fresh = [breach for breach in breaches if _beginning(breach) not in known]
        for breach in fresh[:_TOASTS_MAX]:
            ui.notify(
                f"⚠ Limit passed: {breach.sentence}",
                position="bottom-right",
                timeout=_WARN_S * 1000,
                close_button="Close",
                classes="breach-toast",
            )
        known.clear()
        known.update(_beginning(breach) for breach in breaches)

    refresh()
    ui.timer(_EVERY_S, refresh)


def badge_text(count: int) -> str:
    """Such as `⚠ 2 limits passed`."""
    return f"⚠ {count} limit{'' if count == 1 else 's'} passed" if count else ""


def _beginning(breach: Breach) -> tuple[int, object]:
    # It has no number of its own before it is recorded. Another board may have seen it first.
    return breach.limit_id, breach.limit_version
