"""Keeps one process running: starts it again when it dies, ends it when it is ended itself.

Run as a script, with the command as arguments; it imports nothing of ours, to stay small. Flink's
JDBC sink throws while it is closed when the database is away, which Flink takes as fatal for the
whole TaskManager: somebody has to start it again, as a kubelet or a container engine would.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType

# One that dies sooner after its first start never worked: whoever waits for it wants to know.
STARTED_S = 10.0
PAUSE_MIN_S, PAUSE_MAX_S = 0.5, 10.0


def main(command: Sequence[str]) -> int:
    """Run the command until SIGTERM or SIGINT; return its last exit code."""
    ending = threading.Event()
    child: subprocess.Popen[bytes] | None = None

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        ending.set()
        if child is not None and child.poll() is None:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)

    pause_s, first = PAUSE_MIN_S, True
    while True:
        started = time.monotonic()
        child = subprocess.Popen(command)
        if ending.is_set():
            child.terminate()
        code = child.wait()
        lived_s = time.monotonic() - started
        if ending.is_set() or (first and lived_s < STARTED_S):
            return code
        pause_s = PAUSE_MIN_S if lived_s > 60 else min(PAUSE_MAX_S, 2 * pause_s)
        print(f"supervisor: exit code {code}, starting again in {pause_s:.1f} s", flush=True)
        ending.wait(pause_s)
        if ending.is_set():
            return code
        first = False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
