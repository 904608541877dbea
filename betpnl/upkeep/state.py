"""What `betpnl upkeep` says of itself, in `<home>/upkeep/state.json`, for `betpnl status`."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from betpnl import __version__
from betpnl.settings import Settings


def folder(settings: Settings) -> Path:
    """Where it keeps what it knows of itself."""
    return settings.home / "upkeep"


class State:
    """Written whole at each change. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._problems: dict[str, str] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write()

    def problem(self, duty: str, text: str) -> None:
        """Say what is wrong with a duty; '' for nothing."""
        with self._lock:
            if text:
                self._problems[duty] = text
            else:
                self._problems.pop(duty, None)
            self._write()

    def _write(self) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(
            json.dumps({"version": __version__, "problems": self._problems}), encoding="utf-8"
        )
        draft.replace(self._path)


def problems(path: Path) -> dict[str, str] | None:
    """What is wrong, by duty; None before it has said anything."""
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["problems"]
    except (OSError, ValueError):
        return None
    return found
