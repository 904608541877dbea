"""The four ways to go through a list. Each is pure: a place and a page give the next place."""

from __future__ import annotations

from betpnl.pull.paging.cursor import Cursors
from betpnl.pull.paging.links import Links
from betpnl.pull.paging.pages import Pages
from betpnl.pull.paging.since import Since
from betpnl.pull.paging.walking import Ask, Page, Step, Walk
from betpnl.pull.paging_file import CursorPaging, NextPaging, PagePaging, Paging

__all__ = ["Ask", "Page", "Step", "Walk", "walk"]


def walk(paging: Paging, base: Ask, secret_parameter: str = "") -> Walk:
    """The walk that a file's [paging] describes.

    base: the first page's address and parameters. secret_parameter: never kept in a place.
    """
    if isinstance(paging, CursorPaging):
        return Cursors(paging, base)
    if isinstance(paging, NextPaging):
        return Links(paging, base, secret_parameter)
    if isinstance(paging, PagePaging):
        return Pages(paging, base)
    return Since(paging, base, lambda inner, ask: walk(inner, ask, secret_parameter))
