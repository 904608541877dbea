"""Real games laid side by side in compressed time, as a list of moments in order.

A game goes through `games` slots that each play one game after another. The book on a slot's
next game opens when the game before it starts, so each slot always has one to bet on. Prices
are only ever real: a game's starting prices stand until it starts, and those of a moment in
play for at most a stretch of the game after it; in between its markets are suspended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

import numpy as np

from betpnl.contract.limits import ID_LENGTH_MAX
from betpnl.errors import UserError
from betpnl.games import Checkpoint, Game
from betpnl.replay.options import Options

STANDS_MAX = 0.15
"""How much of a game a price in play may be used for, when nothing newer comes."""

PAUSE_MIN = 5
"""Minutes of play between two games of a slot, at the speed of the replay."""

HOT = 0
"""Number of the game that draws a share of its own, if one does."""

WIND_DOWN_MAX_S = 10.0
WIND_DOWN_SHARE = 0.1
REVIEW_MIN = 4
"""Minutes of play from a result to its rolling back, and on to settling it again."""


class Step(Enum):
    """What happens at a moment."""

    OPEN = "open"
    START = "start"
    CHECKPOINT = "checkpoint"
    SUSPEND = "suspend"
    END = "end"
    ROLL_BACK = "roll back"
    SETTLE_AGAIN = "settle again"


@dataclass(frozen=True)
class Fixture:
    """A game with its place in the replay; times in seconds from the first bet.

    popularity: weight among the games that are open, > 0.
    """

    number: int
    game_id: str
    game: Game
    popularity: float
    opens_s: float
    starts_s: float
    ends_s: float


class Moment(NamedTuple):
    """A step of one game. checkpoint: whose prices and score hold from here, if any."""

    at_s: float
    fixture: Fixture
    step: Step
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True)
class Timeline:
    """All moments in order, and when the last bet and the last record are due (s)."""

    fixtures: list[Fixture]
    moments: list[Moment]
    bets_end_s: float
    ends_s: float


def game_id(game: Game, tag: str) -> str:
    """The id of a game in one run: no two runs touch the same game."""
    suffix = f".{tag}"
    return game.game_id[: ID_LENGTH_MAX - len(suffix)] + suffix


def make_timeline(games: Sequence[Game], options: Options, rng: np.random.Generator) -> Timeline:
    """Draw games and lay them out. Raises UserError if no game is of the sports asked for."""
    until_s = options.until_s
    fixtures = _fixtures(_order(games, options, rng), options, rng)
    moments: list[Moment] = []
    wind_down_s = min(WIND_DOWN_MAX_S, WIND_DOWN_SHARE * (until_s or 0.0))
    for place, fixture in enumerate(fixtures):
        hurried = until_s is not None and fixture.ends_s > until_s
        if until_s is not None and hurried:
            ends_s = until_s + float(rng.random()) * wind_down_s
            fixture = fixtures[place] = replace(fixture, ends_s=ends_s)
        moments += _life(fixture, options, until_s if hurried else None)
        if rng.random() < options.reviewed:
            moments += _review(fixture, options, hurried=hurried)
    moments.sort(key=lambda moment: (moment.at_s, moment.fixture.number))
    closes_s = max((m.at_s for m in moments if m.step in (Step.END, Step.START)), default=0.0)
    return Timeline(
        fixtures=fixtures,
        moments=moments,
        bets_end_s=closes_s if until_s is None else until_s,
        ends_s=moments[-1].at_s,
    )


def _order(games: Sequence[Game], options: Options, rng: np.random.Generator) -> list[Game]:
    sports = set(options.sports)
    chosen = [game for game in games if not sports or game.sport in sports]
    if not chosen:
        known = ", ".join(sorted({game.sport for game in games}))
        raise UserError(f"--sport {', '.join(options.sports)}: no such game; there are {known}.")
    return [chosen[place] for place in rng.permutation(len(chosen))]


def _fixtures(games: list[Game], options: Options, rng: np.random.Generator) -> list[Fixture]:
    slots = min(options.games, len(games))
    spread_s = float(np.mean([_played_s(game, options) for game in games[:slots]]))
    phase = rng.permutation(slots)
    if options.hot:
        # Of the games that open at once, the hot one starts last: until then it has prices.
        last = int(phase.argmax())
        phase[[HOT, last]] = phase[[last, HOT]]
    fixtures: list[Fixture] = []
    # When each slot's next game opens its book, and when the game before it has ended.
    opens_s = [0.0] * slots
    ended_s = [(int(phase[slot]) + float(rng.random())) / slots * spread_s for slot in range(slots)]
    waiting = iter(games)
    for game in waiting:
        number = len(fixtures)
        if number >= slots and options.until_s is None:
            break
        slot = number if number < slots else min(range(slots), key=opens_s.__getitem__)
        if options.until_s is not None and opens_s[slot] >= options.until_s:
            break
        starts_s = ended_s[slot] + PAUSE_MIN * _minute_s(game, options)
        ends_s = starts_s + _played_s(game, options)
        fixtures.append(
            Fixture(
                number=number,
                game_id=game_id(game, options.tag),
                game=game,
                # Zipf: the n-th most popular of the games side by side draws 1/n of the first.
                popularity=1.0 / (1 + int(rng.integers(slots))),
                opens_s=opens_s[slot],
                starts_s=starts_s,
                ends_s=ends_s,
            )
        )
        opens_s[slot], ended_s[slot] = starts_s, ends_s
    return fixtures


def _minute_s(game: Game, options: Options) -> float:
    return 60.0 / options.speed if options.game_s is None else options.game_s / game.duration_min


def _played_s(game: Game, options: Options) -> float:
    return game.duration_min * _minute_s(game, options)


def _life(fixture: Fixture, options: Options, cut_s: float | None) -> list[Moment]:
    """Moments from opening to the end. cut_s: what play would bring later is left out."""
    start, *later = fixture.game.checkpoints
    played_s = _played_s(fixture.game, options)
    life = [
        Moment(fixture.opens_s, fixture, Step.OPEN, start),
        Moment(fixture.starts_s, fixture, Step.START, start),
    ]
    for place, checkpoint in enumerate(later):
        next_fraction = later[place + 1].fraction if place + 1 < len(later) else 1.0
        at_s = fixture.starts_s + checkpoint.fraction * played_s
        life.append(Moment(at_s, fixture, Step.CHECKPOINT, checkpoint))
        if checkpoint.prices and next_fraction - checkpoint.fraction > STANDS_MAX:
            life.append(Moment(at_s + STANDS_MAX * played_s, fixture, Step.SUSPEND))
    if cut_s is not None:
        life = [moment for moment in life if moment.at_s < cut_s]
        if all(moment.step is not Step.START for moment in life):
            life.append(Moment(cut_s, fixture, Step.START, start))
    return [*life, Moment(fixture.ends_s, fixture, Step.END)]


def _review(fixture: Fixture, options: Options, *, hurried: bool) -> list[Moment]:
    wait_s = 0.5 if hurried else REVIEW_MIN * _minute_s(fixture.game, options)
    return [
        Moment(fixture.ends_s + wait_s, fixture, Step.ROLL_BACK),
        Moment(fixture.ends_s + 2 * wait_s, fixture, Step.SETTLE_AGAIN),
    ]
