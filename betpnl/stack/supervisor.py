"""Keeps one process running: starts it again when it dies, ends it when it is ended itself.

Run as a script, with a file and the command as arguments; it imports nothing of ours, to stay
small. Once the file is there the process has worked; one that dies before is not started again,
for whoever waits for it wants to know. Flink's
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
from pathlib import Path
from types import FrameType

PAUSE_MIN_S, PAUSE_MAX_S = 0.5, 10.0


def main(worked: Path, command: Sequence[str]) -> int:
    """Run the command until SIGTERM or SIGINT; return its last exit code.

    worked: the file that says that the command may be started again.
    """
    ending = threading.Event()
    child: subprocess.Popen[bytes] | None = None

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        ending.set()
        if child is not None and child.poll() is None:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)

    pause_s = PAUSE_MIN_S
    while True:
        started = time.monotonic()
        child = subprocess.Popen(command)
        if ending.is_set():
            child.terminate()
        code = child.wait()
        lived_s = time.monotonic() - started
        if ending.is_set() or not worked.exists():
            return code
        pause_s = PAUSE_MIN_S if lived_s > 60 else min(PAUSE_MAX_S, 2 * pause_s)
        print(f"supervisor: exit code {code}, starting again in {pause_s:.1f} s", flush=True)
        ending.wait(pause_s)
        if ending.is_set():
            return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
