"""What the sportsbook says around the bets: games, odds and results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from betpnl.contract.records import Game as GameRecord
from betpnl.contract.records import MarketOdds, Record, Result
from betpnl.contract.topics import GAMES, ODDS, RESULTS
from betpnl.games import Checkpoint
from betpnl.replay.messages import Block, block_of
from betpnl.replay.timeline import Fixture, Moment, Step

_STATUS = {
    Step.OPEN: "scheduled",
    Step.START: "live",
    Step.CHECKPOINT: "live",
    Step.END: "ended",
}
_RESULT_VERSION = {Step.END: 1, Step.ROLL_BACK: 2, Step.SETTLE_AGAIN: 3}


class Announcer:
    """Turns moments into records; versions of each thing grow by one."""

    def __init__(self, origin: datetime) -> None:
        self._origin = origin
        self._versions: Counter[tuple[str, ...]] = Counter()

    def blocks(self, moment: Moment) -> Iterator[Block]:
        """The records of one moment, topic by topic."""
        for topic, records in (
            (GAMES, self._game(moment)),
            (ODDS, self._odds(moment)),
            (RESULTS, self._results(moment)),
        ):
            if records:
                yield block_of(topic, records, moment.at_s)

    def _at(self, at_s: float) -> datetime:
        return self._origin + timedelta(milliseconds=int(at_s * 1000))

    def _next_version(self, *key: str) -> int:
        self._versions[key] += 1
        return self._versions[key]

    def _game(self, moment: Moment) -> list[Record]:
        status = _STATUS.get(moment.step)
        if status is None:
            return []
        fixture = moment.fixture
        minute, home, away = _clock(fixture, moment.step, moment.checkpoint)
        return [
            GameRecord(
                game_id=fixture.game_id,
                version=self._next_version(fixture.game_id),
                sport=fixture.game.sport,
                competition=fixture.game.competition,
                home=fixture.game.home,
                away=fixture.game.away,
                starts_at=self._at(fixture.starts_s),
                status=status,  # type: ignore[arg-type]
                minute=minute,
                score_home=home,
                score_away=away,
            )
        ]

    def _odds(self, moment: Moment) -> list[Record]:
        # At the start the prices of before the game have their last word: nothing new to say.
        if moment.checkpoint is None or moment.step is Step.START:
            return []
        game_id = moment.fixture.game_id
        return [
            MarketOdds(
                game_id=game_id,
                market=market,
                line=line,
                version=self._next_version(game_id, market, line),
                at=self._at(moment.at_s),
                prices=dict(prices),
            )
            for market, lines in moment.checkpoint.prices.items()
            for line, prices in lines.items()
        ]

    def _results(self, moment: Moment) -> list[Record]:
        version = _RESULT_VERSION.get(moment.step)
        if version is None:
            return []
        rolled_back = moment.step is Step.ROLL_BACK
        return [
            Result(
                game_id=moment.fixture.game_id,
                market=market,
                line=line,
                selection=selection,
                version=version,
                status="rolled_back" if rolled_back else "settled",
                result=None if rolled_back else settlement.result,  # type: ignore[arg-type]
                dead_heat=(
                    list(settlement.dead_heat) if settlement.dead_heat and not rolled_back else None
                ),
                certainty="confirmed" if moment.step is Step.SETTLE_AGAIN else "live",
                settled_at=self._at(moment.at_s),
            )
            for (market, line, selection), settlement in moment.fixture.game.results.items()
        ]


def _clock(
    fixture: Fixture, step: Step, checkpoint: Checkpoint | None
) -> tuple[int | None, int | None, int | None]:
    """Minute and score of a game at a step."""
    if step is Step.END:
        home, away = fixture.game.final_score or (None, None)
        return fixture.game.duration_min, home, away
    if step is Step.OPEN or checkpoint is None:
        return None, None, None
    return checkpoint.minute, checkpoint.score_home, checkpoint.score_away
