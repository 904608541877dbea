"""Pages by number or offset, over a list that changes meanwhile.

A number says nothing about which records it stands for: what is added or removed before it moves
them. So the whole list is read again and again (a sweep). Within a sweep by offsets each page
takes along the last records of the one before it; when they are not there, records were removed
meanwhile, and the walk steps back until it finds them.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace

from betpnl.pull.paging.cursor import more_pages
from betpnl.pull.paging.walking import Ask, Page, Place, Step, Walk
from betpnl.pull.paging_file import PagePaging

# So many are the same only where the API repeats its last page, or does not know the parameter;
# or where each is pushed down by just a page while the next is asked for.
_SAME_MAX = 5


@dataclass(frozen=True)
class _At:
    """The place. walk: its number. whole: whether this walk is a sweep. began_s: of this walk,
    None before its first page; swept_s: when the last whole sweep began. tail: the digests of the
    last page's last records. seams: whether they are looked for. same: how many pages in a row
    were as `last`."""

    at: int
    walk: int = 1
    whole: bool = True
    began_s: float | None = None
    swept_s: float | None = None
    tail: list[str] = field(default_factory=list)
    seams: bool = True
    same: int = 0
    last: str = ""


class Pages(Walk):
    """Pages have numbers, or begin at an offset."""

    def __init__(self, file: PagePaging, base: Ask) -> None:
        self._file, self._base = file, base.with_params(file.size_parameters())
        self._first = 0 if file.unit == "offset" else file.first

    @property
    def start(self) -> Place:
        """The first page of the first sweep."""
        return asdict(_At(self._first))

    def number(self, place: Place) -> int:
        """The number of the walk."""
        return _At(**place).walk

    def begins(self, place: Place) -> bool:
        """Whether a walk begins here."""
        return _At(**place).began_s is None

    def ask(self, place: Place) -> Ask:
        """The page of the place's number."""
        return self._base.with_params({self._file.parameter: str(place["at"])})

    def step(self, place: Place, page: Page) -> Step:
        """On to the next page, back to find a seam, or to the start of the next walk."""
        at = self._begun(_At(**place), page)
        if self._seam_is_missing(at, page):
            return self._back(at, page)
        at = _counted(at, page)
        if at.same >= _SAME_MAX and page.records:
            return self._stands_still(at, page)
        if self._is_over(at, page):
            return self._end(at, page)
        overlap = self._file.overlap
        moved = 1 if self._file.unit == "page" else len(page.records) - overlap
        tail = [digest.hex() for digest in page.digests[-overlap:]] if overlap else []
        return Step(asdict(replace(at, at=at.at + moved, tail=tail)))

    def _begun(self, at: _At, page: Page) -> _At:
        if at.began_s is not None:
            return at
        due = at.swept_s is None or page.now_s - at.swept_s >= self._file.sweep_s
        return replace(at, whole=due or not self._file.newest_first, began_s=page.now_s)

    def _seam_is_missing(self, at: _At, page: Page) -> bool:
        if not (at.tail and at.seams):
            return False
        return not any(digest.hex() in at.tail for digest in page.digests)

    def _back(self, at: _At, page: Page) -> Step:
        back = max(len(page.records), self._file.size or 0, self._file.overlap)
        to = max(self._first, at.at - back)
        if to == self._first:
            # Read all of it again, and look for no more seams: where records change each time
            # they are read, there would never be one.
            at = replace(at, tail=[], seams=False)
        return Step(asdict(replace(at, at=to, same=0, last="")))

    def _is_over(self, at: _At, page: Page) -> bool:
        if not at.whole and page.records and self._all_known(at, page):
            return True
        more = more_pages(self._file.more, page.body)
        if self._file.unit == "offset":
            return more is False or len(page.records) <= self._file.overlap
        return not more if more is not None else not page.records

    def _all_known(self, at: _At, page: Page) -> bool:
        """Whether an earlier walk, one that came to its end, has read all of the page."""
        return all(first is not None and first < at.walk for first in page.first_walks)

    def _stands_still(self, at: _At, page: Page) -> Step:
        """The end of a list whose last page is given again and again; or of the first page, when
        the API does not know the parameter."""
        count = len(page.records)
        begun = at.at - self._first < _SAME_MAX * (1 if self._file.unit == "page" else count)
        only = begun and (self._file.size is None or count >= self._file.size)
        end = self._end(at, page)
        # What such a walk has not come to must not count as known: the next one is a sweep again.
        place = end.place if at.whole and not only else {**end.place, "swept_s": None}
        note = (
            f"the first {_SAME_MAX} pages are the same; is paging.parameter right?"
            if only
            else "the API repeats its last page"
        )
        return Step(place, end=True, wait_s=end.wait_s, note=note)

    def _end(self, at: _At, page: Page) -> Step:
        assert at.began_s is not None
        swept_s = at.began_s if at.whole else at.swept_s
        following = _At(self._first, walk=at.walk + 1, swept_s=swept_s)
        wait_s = 0.0 if self._file.newest_first else at.began_s + self._file.sweep_s - page.now_s
        return Step(asdict(following), end=True, wait_s=max(0.0, wait_s))


def _counted(at: _At, page: Page) -> _At:
    content = hashlib.blake2b(b"".join(page.digests), digest_size=8).hexdigest()
    return replace(at, same=at.same + 1 if content == at.last else 1, last=content)
