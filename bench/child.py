"""A process that works beside the measurement, with a pipe to talk through."""

from __future__ import annotations

import multiprocessing as mp
from collections.abc import Callable
from typing import Any

from betpnl.errors import UserError

# Forked children would share the parent's sockets and threads.
_SPAWN = mp.get_context("spawn")


class Child:
    """Runs `work(pipe, *arguments)`; ended, whatever it does, when the block is left."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        self._pipe, other = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=work, args=(other, *arguments))
        self._process.start()
        # Else this side would hold the pipe open, and a child that dies would never be missed.
        other.close()
        self.pid = int(self._process.pid or 0)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def send(self, value: object) -> None:
        """Tell it something."""
        self._pipe.send(value)

    def receive(self) -> Any:
        """Wait for what it has to say. Raises UserError when it has died."""
        try:
            return self._pipe.recv()
        except EOFError:
            raise UserError("a process of the measurement died; see above.") from None
