"""What a stack remembers between commands: `<home>/stack.json` and `<home>/secrets.json`."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from betpnl.errors import UserError
from betpnl.stack.process import Identity

STACK_FILE = "stack.json"
SECRETS_FILE = "secrets.json"
SOURCE_PASSWORD = "mysql_betpnl_source"
PASSWORDS = (
    "mysql_root",
    "mysql_betpnl",
    "mysql_betpnl_read",
    "mysql_betpnl_board",
    SOURCE_PASSWORD,
)


@dataclass
class ServiceMemory:
    """One service: its process, if one was started and not ended, and what is known of it."""

    process: Identity | None = None
    port: int = 0
    version: str = ""
    source: str = ""
    log: str = ""


@dataclass
class Memory:
    """All that is remembered of a home's services; `save` writes it at once and whole."""

    home: Path
    services: dict[str, ServiceMemory] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def read(cls, home: Path) -> Memory:
        """What was saved last; empty when nothing was. Raises UserError for a broken file."""
        path = home / STACK_FILE
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(home)
        except (OSError, ValueError) as error:
            raise UserError(
                f"{path} cannot be read ({error}); remove it if nothing runs."
            ) from None
        services = {}
        for name, values in data["services"].items():
            process = Identity(**values.pop("process")) if values["process"] else None
            services[name] = ServiceMemory(process=process, **_without(values, "process"))
        return cls(home, services, data["ports"])

    def save(self) -> None:
        """Write the file in one step, so that a reader never sees half of it."""
        with self._lock:
            data = {
                "services": {name: asdict(service) for name, service in self.services.items()},
                "ports": self.ports,
            }
            write_private(self.home / STACK_FILE, json.dumps(data, indent=2) + "\n")

    def service(self, name: str) -> ServiceMemory:
        """The memory of one service, made when it is not there yet."""
        with self._lock:
            return self.services.setdefault(name, ServiceMemory())


def passwords(home: Path) -> dict[str, str]:
    """The passwords of the embedded MySQL, made up on first use; only the owner may read them."""
    path = home / SECRETS_FILE
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = [name for name in PASSWORDS if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(24) for name in missing}
        write_private(path, json.dumps(known, indent=2) + "\n")
    return known


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may look into; one that is there keeps its rights."""
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)


@contextmanager
def exclusive(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock file, waiting for nobody: raises UserError with `busy` when it is held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(busy) from None
        yield


def is_held(path: Path) -> bool:
    """Whether a process holds this lock file."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def machine_folder() -> Path:
    """A folder of this user's for what concerns all stacks on the machine, without blanks.

    Raises UserError when somebody else made it.
    """
    folder = Path(tempfile.gettempdir()) / f"betpnl-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise UserError(f"{folder} belongs to another user; remove it or set TMPDIR.")
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file in one step, for the eyes of its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
