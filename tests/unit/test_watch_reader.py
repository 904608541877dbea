"""The reader goes on whatever becomes of what it reads."""

import threading
import time
from collections.abc import Callable

import pymysql

from betpnl.errors import UserError
from betpnl.watch.reader import Reader
from betpnl.watch.reading import Reading, Totals

DEADLINE_S = 30
EMPTY = Reading(None, Totals(), (), None)


class Scripted:
    """A board that does what it is told, one step a reading, and then the last one again."""

    def __init__(self, *steps: Callable[[], Reading]) -> None:
        self._steps = list(steps)
        self.closed = 0

    def read(self) -> Reading:
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        return step()

    def close(self) -> None:
        self.closed += 1


def gone() -> Reading:
    raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")


def refused() -> Reading:
    raise UserError("MySQL does not take us.")


def until(reader: Reader, condition: Callable[[], bool], missing: str) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline_s, missing
        reader.wait(0.05)


def test_says_why_there_is_no_reading_and_takes_the_next_one() -> None:
    seen: list[str] = []
    again = threading.Event()

    def back() -> Reading:
        assert again.wait(DEADLINE_S)
        return EMPTY

    board = Scripted(lambda: EMPTY, gone, back)
    with Reader(board, 0.01) as reader:
        until(reader, lambda: bool(reader.state.problem), "the lost connection was not reported")
        seen.append(reader.state.problem)
        # The last reading stays on the screen meanwhile.
        assert reader.state.reading is EMPTY
        assert board.closed == 1
        again.set()
        until(reader, lambda: not reader.state.problem, "the reading after it was not taken")

    assert seen == ["MySQL says: Lost connection to MySQL server during query"]


def test_a_users_error_is_its_own_sentence() -> None:
    with Reader(Scripted(refused), 0.01) as reader:
        until(reader, lambda: bool(reader.state.problem), "the refusal was not reported")
        assert reader.state.problem == "MySQL does not take us."


def test_a_board_that_hangs_does_not_hold_up_the_screen() -> None:
    never = threading.Event()

    def hang() -> Reading:
        never.wait(DEADLINE_S)
        return EMPTY

    with Reader(Scripted(hang), 0.01) as reader:
        until(reader, lambda: reader.state.asked_s is not None, "it was never asked")
        began_s = time.monotonic()
        reader.wait(0.01)
        assert time.monotonic() - began_s < DEADLINE_S / 2
    never.set()


def test_the_connection_is_let_go_at_the_end() -> None:
    board = Scripted(lambda: EMPTY)
    with Reader(board, 0.01) as reader:
        until(reader, lambda: reader.state.reading is not None, "there was no reading")
    until(reader, lambda: board.closed == 1, "the board was not closed")
