"""Pages by cursor. The place is the cursor of the page to read next.

At the end it stays the last page's: that page is read again and again until it leads further,
so that what is added to it is seen.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from betpnl.pull.expressions import Expression, number
from betpnl.pull.faults import Fault
from betpnl.pull.json_exact import encode
from betpnl.pull.paging.walking import Ask, Circle, Page, Place, Step, Walk
from betpnl.pull.paging_file import CursorPaging


class Cursors(Walk):
    """Each answer names the cursor of the next page."""

    def __init__(self, file: CursorPaging, base: Ask) -> None:
        self._file, self._base = file, base.with_params(file.size_parameters())

    @property
    def start(self) -> Place:
        """The file's first cursor, or none."""
        return {"cursor": self._file.first}

    def ask(self, place: Place) -> Ask:
        """The page of the place's cursor."""
        if place["cursor"] is None:
            return self._base
        return self._base.with_params({self._file.parameter: place["cursor"]})

    def step(self, place: Place, page: Page) -> Step:
        """On to the cursor that the answer names."""
        ours = place["cursor"]
        following = _token(self._file.next.search(page.body))
        more = more_pages(self._file.more, page.body)
        if following == ours and more:
            raise Fault("the API says there is more, but its cursor leads to itself", slow=True)
        if following in ("", ours) or more is False:
            return Step({"cursor": ours}, end=True)
        if not page.records and more is None:
            # Some name a new cursor for ever; some skip a page that is empty. Moving on, but
            # not at once, is right for both.
            return Step({"cursor": following}, end=True, onward=True)
        circle = Circle(**place.get("circle", {})).after(following)
        if circle is None:
            raise Fault("the API's cursors go in a circle", slow=True)
        return Step({"cursor": following, "circle": asdict(circle)})


def more_pages(more: Expression | None, body: Any) -> bool | None:
    """Whether the answer says that there is more; None when it is not asked."""
    return None if more is None else bool(more.search(body))


def _token(found: Any) -> str:
    if found is None or found is False:
        return ""
    if isinstance(found, str):
        return found
    if number(found) is None:
        raise Fault("paging.next finds neither a text nor a number", slow=True)
    return encode(found).decode()
