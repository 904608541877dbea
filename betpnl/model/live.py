"""Models that serve while their files may change: a new one goes live between two batches."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from betpnl.errors import UserError
from betpnl.model.kept import KeptModel
from betpnl.model.outcome import OutcomeModel, read_model
from betpnl.model.trial import tried

LOOK_EVERY_S = 1.0
log = logging.getLogger(__name__)


class ModelFile:
    """The newest good model of a file, which may be replaced, broken and mended at any time.

    model: serves until the next `look`, None while there was none that could. fault: why the
    file as it is now does not serve, None if it does. setting: that names the file. took: told
    the content of each file that goes live. clock: seconds.
    """

    def __init__(
        self,
        path: Path,
        setting: str,
        took: Callable[[bytes], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model: OutcomeModel | None = None
        self.fault: UserError | None = None
        self._path = path
        self._setting = setting
        self._took = took
        self._clock = clock
        self._seen: tuple[int, ...] = ()
        self._next_look_s: float | None = None

    def look(self) -> OutcomeModel | None:
        """The model for the batch that begins now; the file is looked at about once a second.

        Never raises: what is wrong with the file stands in the log, once for each change.
        """
        now_s = self._clock()
        if self._next_look_s is None or now_s >= self._next_look_s:
            self._next_look_s = now_s + LOOK_EVERY_S
            state = self._state()
            # A file that could not be read is tried again: a right that is given, or a disk that
            # is back, does not show in its state.
            if state != self._seen or isinstance(self._cause(), OSError):
                # Taken before the file is read: what is written meanwhile is seen the next time.
                self._seen = state
                self._load()
        return self.model

    def _state(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except OSError:
            return (0,)
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _cause(self) -> BaseException | None:
        return None if self.fault is None else self.fault.__cause__

    def _load(self) -> None:
        before, known = self.model, self.fault
        try:
            content = read_model(self._path, self._setting)
            self.model = tried(self._path, content, setting=self._setting)
        except UserError as fault:
            self.fault = fault
            if not isinstance(fault.__cause__, OSError) or str(fault) != str(known):
                serves = f"{before.version} goes on." if before else "No model serves in its place."
                log.warning("%s %s", fault, serves)
            return
        self.fault = None
        if before is None or before.version != self.model.version or known is not None:
            log.info("%s: %s is live, from %s.", self._setting, self.model.version, self._path)
        self._took(content)


class LiveModel:
    """The model that values bets: always one, whatever becomes of its file.

    A worker that starts while the file is broken serves with the last good one, of which a copy
    is kept in `folder`. Raises UserError if there is neither.
    """

    def __init__(
        self, path: Path, folder: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        kept = KeptModel(folder, path)
        self._file = ModelFile(path, "model_path", kept.save, clock)
        if self._file.look() is None:
            self._file.model = kept.load()
            if self._file.model is None:
                assert self._file.fault is not None
                raise self._file.fault
            log.warning(
                "This worker starts with the last good model, %s, from %s.",
                self._file.model.version,
                kept.path,
            )

    @property
    def stale(self) -> bool:
        """Whether another model serves than the file at `model_path`, which is broken."""
        return self._file.fault is not None

    def now(self) -> OutcomeModel:
        """The model for a whole batch; ask once at its start."""
        model = self._file.look()
        assert model is not None
        return model
