"""A process that works beside the measurement, with a pipe to talk through."""

from __future__ import annotations

import multiprocessing as mp
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from betpnl.errors import UserError

# Forked children would share the parent's sockets and threads.
_SPAWN = mp.get_context("spawn")


class Child:
    """Runs `work(pipe, *arguments)`; ended, whatever it does, when the block is left."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        self._pipe, other = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_work, args=(work, other, *arguments), daemon=True)
        self._process.start()
        # Else this side would hold the pipe open, and a child that dies would never be missed.
        other.close()
        self.pid = int(self._process.pid or 0)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def send(self, value: object) -> None:
        """Tell it something. Raises UserError when it has died."""
        try:
            self._pipe.send(value)
        except OSError:
            raise _died() from None

    def receive(self) -> Any:
        """Wait for what it has to say.

        Raises what it raised if that is a UserError, and a UserError when it has died.
        """
        try:
            value = self._pipe.recv()
        except (EOFError, OSError):
            raise _died() from None
        if isinstance(value, UserError):
            raise value
        return value

    def receive_last(self, told: Callable[[float], None]) -> Any:
        """As `receive`; numbers that come before it are news, which `told` is given."""
        while isinstance(value := self.receive(), float):
            told(value)
        return value

    def check(self) -> None:
        """Raises UserError when it has died."""
        if not self._process.is_alive():
            raise _died()


def _died() -> UserError:
    return UserError("A process of the measurement died; what it said stands above.")


def _work(work: Callable[..., None], pipe: Connection, *arguments: object) -> None:
    # Ctrl-C reaches all processes of a terminal; who measures ends this one when it is time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work(pipe, *arguments)
    except UserError as error:
        pipe.send(error)
    except (BrokenPipeError, EOFError):
        return
