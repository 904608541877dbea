"""How the mapper does, for `betpnl status` and its log: a small file, written anew each moment."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from betpnl.source.records import Outcome
from betpnl.source.sweep import Sweep
from betpnl.stack.memory import write_private

log = logging.getLogger("betpnl.source")

FRESH_S = 15.0
"""A file older than this was left by a mapper that does not run or hangs."""


class State:
    """Figures since the start, and what is wrong now. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._problems: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self.events = self.published = self.behind = self.again = 0
        self.sweep: Sweep | None = None
        self.begun = False
        self.connector = "not started"

    def problem(self, name: str, text: str) -> None:
        """Something is wrong; it is logged when it is new."""
        with self._lock:
            new = self._problems.get(name) != text
            self._problems[name] = text
        if new:
            log.warning(text)

    def solved(self, name: str) -> None:
        """That is not wrong any more."""
        with self._lock:
            if self._problems.pop(name, None) is not None:
                log.info("%s: works again", name)

    def count(self, section: str, outcome: Outcome, *, gone: bool) -> None:
        """Count what a record came to; what a record holds is never logged."""
        for name, happened in (
            ("published", bool(outcome.messages)),
            ("unchanged", not outcome.messages and not gone),
            ("deleted", gone and outcome.known is not None),
            ("rejected", bool(outcome.reason)),
            ("changed without a new version", outcome.stale),
        ):
            if happened:
                self._counts[f"{section} {name}"] += 1

    def read_again(self, section: str, count: int) -> None:
        """Count records that were read while somebody held a row of theirs."""
        if count:
            self._counts[f"{section} to read again"] += count

    def log(self, text: str) -> None:
        """A line for the log."""
        log.info(text)

    def write(self) -> None:
        """Write the file."""
        with self._lock:
            problems = dict(self._problems)
        sweep = self.sweep
        found = {
            "at": time.time(),
            "pid": os.getpid(),
            "connector": self.connector,
            "problems": problems,
            "behind": self.behind,
            "events": self.events,
            "published": self.published,
            "again": self.again,
            "counts": dict(self._counts),
            "begun": self.begun,
            "sweep": sweep.written() if sweep else None,
        }
        write_private(self._path, json.dumps(found, indent=2) + "\n")


def read(path: Path) -> dict[str, Any] | None:
    """What a mapper has written lately; None without one that runs."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if time.time() - found["at"] < FRESH_S else None


def line(found: dict[str, Any]) -> str:
    """How far the mapper is, in a line."""
    parts = [
        f"stream {found['connector']}",
        f"{found['published']} records published, {found['behind']} changes behind",
    ]
    if found["again"]:
        parts.append(f"{found['again']} to read again")
    if found["sweep"]:
        parts.append(f"sweep {found['sweep']['number']}: {found['sweep']['looked_at']} looked at")
    return ", ".join(parts)
