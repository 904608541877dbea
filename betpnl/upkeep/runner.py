"""Runs duties, each in a thread of its own, until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from betpnl.upkeep.duty import Duty, NotYetError

_AGAIN_S = 1.0
_log = logging.getLogger("betpnl.upkeep")


class Runner:
    """Keeps duties going whatever befalls them: a failure is told once, and tried again."""

    def __init__(
        self,
        duties: Sequence[Duty],
        problem: Callable[[str, str], None],
        again_s: float = _AGAIN_S,
    ) -> None:
        """problem: hears a duty's name and what is wrong with it, '' once that is over.

        again_s: how long to wait after a failure.
        """
        self._problem, self._again_s = problem, again_s
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(duty,), name=duty.name) for duty in duties
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; returns once every duty has finished its step."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, duty: Duty) -> None:
        said = ""
        while not self._ended.is_set():
            try:
                wait_s = duty.step()
            except NotYetError:
                if said:
                    self._problem(duty.name, "")
                said = ""
                self._close(duty)
                wait_s = self._again_s
            except Exception as error:
                text = f"{type(error).__name__}: {error}"
                if text != said:
                    self._problem(duty.name, text)
                    _log.warning("%s: %s; trying again", duty.name, text)
                said = text
                self._close(duty)
                wait_s = self._again_s
            else:
                if said:
                    self._problem(duty.name, "")
                    _log.info("%s: going on", duty.name)
                said = ""
            self._ended.wait(wait_s)
        self._close(duty)

    def _close(self, duty: Duty) -> None:
        try:
            duty.close()
        except Exception:
            _log.debug("%s: could not be closed", duty.name, exc_info=True)
