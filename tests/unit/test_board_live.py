"""What viewers are sent, whoever they are and however slow."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any, cast

from pymysql.err import OperationalError

from betpnl.api.pnl.feed import Feed, News
from betpnl.board.broadcast import PENDING_MAX, Viewer
from betpnl.board.live import BEAT_S, Live
from betpnl.monitor.verdict import Verdict
from tests.unit.board_games import game, news


class Readings:
    """Stands where the reading of MySQL stands: gives what it was given, one after the other."""

    def __init__(self) -> None:
        self.next: News | Exception = news()

    def read(self, whole: bool = False) -> News:
        del whole
        if isinstance(self.next, Exception):
            raise self.next
        return self.next

    def close(self) -> None:
        pass


def judge(age_s: float | None, stale: str) -> Verdict:
    """All is well as long as figures can be read."""
    del age_s
    return Verdict("down", stale) if stale else Verdict("ok", "")


class Board:
    """A live reading that reads when it is told to, by a clock of its own."""

    def __init__(self) -> None:
        self.readings, self.now_s = Readings(), 0.0
        self.live = Live(cast(Feed, self.readings), 250, judge, clock=lambda: self.now_s)

    async def read(self, found: News | Exception, after_s: float = 0.25) -> None:
        self.now_s += after_s
        self.readings.next = found
        await self.live._read()


def played(play: Callable[[Board], Any]) -> None:
    asyncio.run(play(Board()))


def told(viewer: Viewer) -> list[dict[str, Any]]:
    """What a viewer takes, unpacked."""
    if not viewer.has_news:
        return []
    frames = viewer.take()
    return [json.loads(gzip.decompress(each) if each[:1] == b"\x1f" else each) for each in frames]


def test_a_viewer_begins_with_everything_and_then_gets_what_changed() -> None:
    async def play(board: Board) -> None:
        await board.read(news(game("a", handle=1), game("b", handle=2)))
        with board.live.broadcast.viewing(games=True) as viewer:
            (first,) = told(viewer)
            assert first["kind"] == "all"
            assert [row["game_id"] for row in first["rows"]] == ["a", "b"]
            assert first["top"]["handle"] == "3.0000"
            await board.read(news(game("b", handle=5)))
            (second,) = told(viewer)
            assert second["kind"] == "news"
            assert second["rows"] == [{"game_id": "b", "handle": "5.0000"}]
            assert second["top"]["handle"] == "6.0000"

    played(play)


def test_a_game_that_went_is_told_and_no_longer_summed() -> None:
    async def play(board: Board) -> None:
        await board.read(news(game("a", handle=1), game("b", handle=2), game("c", handle=4)))
        with board.live.broadcast.viewing(games=True) as viewer:
            told(viewer)
            await board.read(news(gone=["a"], past=["b"]))
            (message,) = told(viewer)
            assert sorted(message["gone"]) == ["a", "b"]
            assert message["top"]["handle"] == "4.0000"
            assert list(board.live.games) == ["c"]

    played(play)


def test_before_the_first_reading_nothing_is_known_rather_than_zero() -> None:
    async def play(board: Board) -> None:
        with board.live.broadcast.viewing(games=True) as viewer:
            (first,) = told(viewer)
            assert first["top"]["handle"] is first["top"]["games"] is None
            await board.read(news())
            assert told(viewer)[-1]["top"]["handle"] == "0.0000"

    played(play)


def test_who_wants_no_games_gets_the_sums_alone() -> None:
    async def play(board: Board) -> None:
        with board.live.broadcast.viewing(games=False) as viewer:
            assert "rows" not in told(viewer)[0]
            await board.read(news(game("a", handle=1)))
            (message,) = told(viewer)
            assert "rows" not in message
            assert message["top"]["handle"] == "1.0000"

    played(play)


def test_nothing_new_is_silence_but_for_a_beat() -> None:
    async def play(board: Board) -> None:
        await board.read(news(game("a")))
        with board.live.broadcast.viewing(games=True) as viewer:
            told(viewer)
            # The first samples of the small lines are due at once.
            await board.read(news())
            told(viewer)
            await board.read(news(), BEAT_S / 4)
            assert told(viewer) == []
            await board.read(news(), BEAT_S)
            assert [message["kind"] for message in told(viewer)] == ["news"]

    played(play)


def test_who_cannot_keep_up_begins_anew_with_how_it_is_then() -> None:
    async def play(board: Board) -> None:
        with board.live.broadcast.viewing(games=True) as viewer:
            told(viewer)
            for number in range(2 * PENDING_MAX):
                await board.read(news(game("a", bets=number)))
            (message,) = told(viewer)
            assert message["kind"] == "all"
            assert message["rows"][0]["bets"] == 2 * PENDING_MAX - 1
            await board.read(news(game("a", bets=5)))
            assert told(viewer)[0]["rows"][0]["bets"] == 5

    played(play)


def test_many_who_begin_at_once_share_what_was_made_for_the_first() -> None:
    async def play(board: Board) -> None:
        await board.read(news(*(game(f"game-{number}") for number in range(50))))
        broadcast = board.live.broadcast
        with broadcast.viewing(games=True) as one, broadcast.viewing(games=True) as other:
            assert one.take()[0] is other.take()[0]
            await board.read(news(game("game-1", bets=9)))
            assert one.take()[0] is other.take()[0]
        assert len(broadcast) == 0

    played(play)


def test_a_database_that_is_away_is_told_at_once_and_figures_stay() -> None:
    async def play(board: Board) -> None:
        await board.read(news(game("a", handle=1)))
        with board.live.broadcast.viewing(games=True) as viewer:
            told(viewer)
            await board.read(OperationalError(2013, "Lost connection"))
            (message,) = told(viewer)
            assert message["top"]["level"] == "down"
            assert "MySQL" in message["top"]["sentence"]
            assert message["top"]["handle"] == "1.0000"
            await board.read(news())
            assert told(viewer)[-1]["top"]["level"] == "ok"

    played(play)


def test_a_reading_that_fails_in_a_way_nobody_foresaw_is_no_end() -> None:
    async def play(board: Board) -> None:
        await board.read(ZeroDivisionError())
        assert board.live.stale == "Reading what changed failed."
        await board.read(news(game("a")))
        assert board.live.stale == ""

    played(play)


def test_watchers_see_every_reading() -> None:
    async def play(board: Board) -> None:
        seen: list[int] = []
        board.live.watchers.append(lambda live: seen.append(len(live.games)))
        await board.read(news(game("a")))
        await board.read(news(game("b")))
        assert seen == [1, 2]

    played(play)


def test_the_age_of_the_newest_figure_grows_by_the_clock() -> None:
    async def play(board: Board) -> None:
        assert board.live.age_s is None
        await board.read(news(game("a", updated_at="2026-01-05T18:29:57.000Z")))
        assert board.live.age_s == 3.0
        board.now_s += 4
        assert board.live.age_s == 7.0

    played(play)
