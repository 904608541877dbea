"""A copy of the last good model, for workers that start while the model's file is broken."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from betpnl.errors import UserError
from betpnl.model.outcome import OutcomeModel
from betpnl.model.trial import tried

log = logging.getLogger(__name__)


class KeptModel:
    """The copy of one model's file. folder: made if it is missing, for this user alone."""

    def __init__(self, folder: Path, model_path: Path) -> None:
        digest = hashlib.sha256(str(model_path).encode()).hexdigest()[:16]
        self.path = folder / f"{digest}.onnx"

    def save(self, content: bytes) -> None:
        """Keep a file's content. Never raises: a worker without a copy serves as well."""
        # A name of its own for each worker, so that none reads what another has half written.
        draft = self.path.with_suffix(f".{os.getpid()}.draft")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._is_private():
                draft.write_bytes(content)
                draft.replace(self.path)
        except OSError as error:
            log.warning("No copy of the model can be kept as %s: %s", self.path, error)

    def load(self) -> OutcomeModel | None:
        """The model as it was kept, None if there is none that serves."""
        try:
            return tried(self.path) if self._is_private() else None
        except (OSError, UserError):
            return None

    def _is_private(self) -> bool:
        # Below /tmp anybody may have made the folder, and put a model of his own into it.
        found = self.path.parent.stat()
        private = found.st_uid == os.geteuid() and not found.st_mode & 0o022
        if not private:
            log.warning("No copy of the model is kept: others may write into %s.", self.path.parent)
        return private
