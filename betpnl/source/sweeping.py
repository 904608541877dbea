"""Carries a sweep on, a page at a time."""

from __future__ import annotations

from collections.abc import Callable

from betpnl.source import keys, versions
from betpnl.source.file import Source
from betpnl.source.memory import Batch, Memory
from betpnl.source.pause import Pause
from betpnl.source.reading import Database
from betpnl.source.state import State
from betpnl.source.sweep import MEMORY, Sweep, is_doubtful

ASKED = "it was asked for"
_PAGE_MAX = 1000


class Sweeps:
    """At most one is under way; one that begins takes the place of the one before."""

    def __init__(
        self,
        source: Source,
        memory: Memory,
        database: Database,
        state: State,
        read: Callable[..., None],
    ) -> None:
        """read: as the mapper reads records of a section into a batch."""
        self._source, self._memory, self._database = source, memory, database
        self._state, self._read = state, read
        self._doubted = Pause()

    @property
    def current(self) -> Sweep | None:
        """The sweep under way."""
        return Sweep.read(self._memory.facts.get("sweep"))

    @property
    def in_doubt(self) -> bool:
        """Whether somebody has to be asked, which has been said just now."""
        return not self._doubted.over

    def begin(self, reason: str, batch: Batch) -> None:
        """Note in the batch that a sweep begins."""
        number = self._memory.facts.get("sweeps", 0) + 1
        sweep = Sweep.begin(number, reason, list(self._source.sections))
        batch.facts |= {"sweep": sweep.written(), "sweeps": number, "swept_from": None}
        self._doubted = Pause()
        self._state.log(f"sweep {number} begins: {reason}")

    def page(self, sweep: Sweep, batch: Batch) -> Sweep | None:
        """Read the next page into the batch; where the sweep then stands, None at its end.

        Raises AwayError, SelectError.
        """
        if self._memory.facts.get("swept_from") is None:
            self._note_place(batch)
        if sweep.section not in self._source.sections:
            return sweep.next()
        kinds = self._database.kinds(sweep.section)
        if sweep.phase == MEMORY:
            return self._page_of_memory(sweep, kinds, batch)
        after = keys.from_text(sweep.after, kinds) if sweep.after else None
        page = self._database.page(sweep.section, after)
        if page is None:
            return sweep
        self._read(sweep.section, page, batch)
        return sweep.beyond(keys.to_text(page[-1]), len(page)) if page else sweep.next()

    def _page_of_memory(self, sweep: Sweep, kinds: list[str], batch: Batch) -> Sweep | None:
        if not sweep.after and self._too_many_gone(sweep):
            return sweep.later()
        texts = self._memory.unseen(sweep.section, sweep.number, sweep.after, _PAGE_MAX)
        wanted, strange = keys.from_texts(texts, kinds)
        self._read(sweep.section, wanted, batch, strange=strange)
        return sweep.beyond(texts[-1], len(texts)) if texts else sweep.next()

    def _too_many_gone(self, sweep: Sweep) -> bool:
        name = sweep.section
        gone, known = self._memory.count_unseen(name, sweep.number)
        kept = self._source.sections[name].deleted == "keep"
        if kept or sweep.reason == ASKED or not is_doubtful(gone, known):
            self._state.solved(f"{name} gone")
            return False
        self._state.problem(
            f"{name} gone",
            f"[{name}]: {gone} of {known} records have no row any more; if they were deleted, call "
            "`betpnl source --reconcile`, which cancels them; if not, mend the source file.",
        )
        self._doubted.failed()
        return True

    def _note_place(self, batch: Batch) -> None:
        """Where the binary log stands: what the sweep reads is as new as that."""
        place = versions.position(*self._database.place())
        if place < self._memory.facts.get("place", -1):
            # The log began anew: what comes now has to be newer than all before.
            batch.facts["epoch"] = self._memory.facts.get("epoch", 0) + 1
            self._state.log("the binary log has begun anew: the versions' epoch goes up by one")
        batch.facts |= {"swept_from": place, "place": place}
