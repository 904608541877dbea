"""An amount on a page, written as the user reads numbers."""

from __future__ import annotations

from decimal import Decimal

from nicegui.element import Element

from betpnl.api.pnl.answers import decimal_text


class Money(Element, component="pages/money.js"):
    """signed: a PNL, with + or - and a colour; else an amount that is never negative."""

    def __init__(self, value: Decimal | str | None, *, minor: int, signed: bool = False) -> None:
        super().__init__()
        self._props["minor"] = minor
        self._props["signed"] = signed
        self._props["value"] = _text(value)

    def show(self, value: Decimal | str | None) -> None:
        """Another amount; nothing is sent if it is the same. None is shown as a dash."""
        text = _text(value)
        if self._props["value"] != text:
            self._props["value"] = text
            self.update()


def _text(value: Decimal | str | None) -> str:
    if value is None:
        return ""
    return decimal_text(value) if isinstance(value, Decimal) else value
