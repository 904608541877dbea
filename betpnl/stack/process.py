"""Processes that outlive the command which started them, and are ended exactly.

A pid alone is not enough: after a crash it may be somebody else's. A process is known by its
pid together with the moment it started, and what it left behind by its session.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MARK = "STACK_OF_BETPNL"
"""Set in the environment of all that we start; children inherit it."""

_children: dict[int, subprocess.Popen[bytes]] = {}
"""What this very process started: it must take them off the process table once they are dead."""


@dataclass(frozen=True)
class Identity:
    """One process, told from every other that ever had its pid.

    started_ticks: since boot, as in /proc/<pid>/stat. boot_id: which boot.
    """

    pid: int
    started_ticks: int
    boot_id: str


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    mark: str,
) -> Identity | None:
    """Start a process in a session of its own, its output appended to `log`.

    Returns None when it was over before it could be looked at.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**env, MARK: mark},
            cwd=cwd,
            start_new_session=True,
        )
    _children[child.pid] = child
    return identify(child.pid)


def identify(pid: int) -> Identity | None:
    """The identity of a process that runs now; None when it does not, or is a zombie."""
    stat = _stat(pid)
    if stat is None or stat.dead:
        return None
    return Identity(pid, stat.started_ticks, _boot_id())


def is_alive(identity: Identity) -> bool:
    """Whether exactly this process still runs."""
    _reap(identity.pid)
    return identify(identity.pid) == identity


def end(identity: Identity, *, mark: str, timeout_s: float, kill: bool = False) -> bool:
    """End a process and whatever is left of its session; return whether it ended by itself.

    It gets SIGTERM and `timeout_s` seconds, then SIGKILL; with `kill` the latter at once.
    """
    graceful = False
    if is_alive(identity):
        _signal(identity.pid, signal.SIGKILL if kill else signal.SIGTERM)
        graceful = _wait_gone(identity, timeout_s)
        if not graceful:
            _signal(identity.pid, signal.SIGKILL)
            _wait_gone(identity, timeout_s)
    for orphan in session_members(identity, mark):
        _signal(orphan.pid, signal.SIGKILL)
        _wait_gone(orphan, timeout_s)
    return graceful and not kill


def session_members(leader: Identity, mark: str) -> list[Identity]:
    """Processes still in the leader's session that carry our mark, without the leader."""
    if leader.boot_id != _boot_id():
        return []
    members = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == leader.pid:
            continue
        stat = _stat(int(entry.name))
        if stat and stat.session == leader.pid and not stat.dead and _marked(entry, mark):
            members.append(Identity(int(entry.name), stat.started_ticks, leader.boot_id))
    return members


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log; '' when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 64_000))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


@dataclass(frozen=True)
class _Stat:
    state: str
    session: int
    threads: int
    started_ticks: int

    @property
    def dead(self) -> bool:
        """A zombie; while it has other threads those still hold its ports and files."""
        return self.state == "Z" and self.threads <= 1


def _stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the command in brackets, and may itself hold brackets and blanks.
    fields = text.rpartition(")")[2].split()
    return _Stat(
        state=fields[0],
        session=int(fields[3]),
        threads=int(fields[17]),
        started_ticks=int(fields[19]),
    )


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _marked(entry: Path, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _wait_gone(identity: Identity, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while is_alive(identity):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _reap(pid: int) -> None:
    """Take a child of our own off the process table once it is dead."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
