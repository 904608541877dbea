"""A part that fails or hangs is told as down, and holds up nobody."""

from __future__ import annotations

import threading

from betpnl.monitor.asking import Asking
from betpnl.monitor.parts import Simple
from tests.waiting import until


def down(why: str) -> Simple:
    return Simple(False, why)


def test_a_failure_is_an_answer_and_the_next_question_is_asked() -> None:
    answers = iter([OSError(111, "Connection refused."), ValueError(), KeyError("overview")])

    def ask() -> Simple:
        for error in answers:
            raise error
        return Simple(True)

    asking = Asking("part", ask, down, every_s=1)
    seen = []
    for _ in range(4):
        asking.once()
        seen.append(asking.now())

    assert asking.now() == Simple(True)
    assert seen[:3] == [
        Simple(False, "Connection refused"),
        Simple(False, "ValueError"),
        Simple(False, "overview"),
    ]


def test_a_question_that_never_comes_back_is_told_as_silence() -> None:
    asked, release = threading.Event(), threading.Event()
    now_s = [100.0]

    def hang() -> Simple:
        asked.set()
        release.wait()
        return Simple(True)

    asking = Asking("part", hang, down, every_s=0.01, silent_s=6, clock=lambda: now_s[0])
    assert asking.now() is None
    asking.start()
    try:
        until(asked.is_set, "nothing was asked")
        assert asking.now() is None
        now_s[0] += 7
        assert asking.now() == Simple(False, "no answer for 7 s")
    finally:
        release.set()
    until(lambda: asking.now() == Simple(True), "the late answer was not taken")
    asking.stop()


def test_it_is_asked_again_and_again_until_it_is_stopped() -> None:
    count = [0]

    def ask() -> int:
        count[0] += 1
        return count[0]

    asking = Asking("part", ask, lambda _: 0, every_s=0.001)
    asking.start()
    until(lambda: count[0] >= 3, "not asked three times")
    asking.stop()
    asking._thread.join(5)
    assert not asking._thread.is_alive()
