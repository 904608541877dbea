"""Several processes of a peer, as Python's lock leaves one of them a single core."""

from __future__ import annotations

import multiprocessing as mp
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import wait


def wanted(best: int) -> int:
    """How many are wanted; best: how many are, unless PEER_PROCESSES says otherwise."""
    return int(os.environ.get("PEER_PROCESSES", best))


def run_all(work: Callable[[int], None], processes: int) -> None:
    """Call `work` in so many processes, each with its number; ends with exit code 1 when one of
    them has ended, as the others would only wait for it.

    What ends this process has to end them, too: they are of one session.
    """
    if processes == 1:
        work(0)
        return
    spawn = mp.get_context("spawn")
    children = [spawn.Process(target=work, args=(number,)) for number in range(processes)]
    for child in children:
        child.start()
    wait([child.sentinel for child in children])
    for child in children:
        child.kill()
    sys.exit(1)
