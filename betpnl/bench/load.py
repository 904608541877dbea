"""The generator: a process of its own that makes a load, and then sends it on time."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from betpnl.bench.matching import MIX, Planned
from betpnl.bench.probes import Probes
from betpnl.bench.spool import Counted, Counting, Spooled, left_open
from betpnl.bench.ways import Way
from betpnl.bench.wide import wide
from betpnl.games import Game, load_games
from betpnl.replay import Options, Plan, Report, SystemClock, run
from betpnl.replay.http_sink import HttpSink

# Two or three times what making a bet takes, for the time that bets say they were accepted at.
# Where it takes longer still, they go out that much later than they say.
MAKE_S_PER_BET = 20e-6
LEAD_S = 3.0
_NEWS_S = 0.5
_SEEDS = 10**9
# No game starts or ends while bets come: pauses and play are this long.
_STILL_S = 1e7


@dataclass(frozen=True)
class Load:
    """What is sent. wide: games that are only open, each with its main market."""

    options: Options
    wide: bool = False

    def games(self) -> tuple[Options, list[Game]]:
        """The replay's options, and the games that it chooses from."""
        games = load_games()
        if not self.wide:
            return self.options, games
        return replace(self.options, game_s=_STILL_S), wide(games, self.options.games)


def seed_of(wanted: int | None) -> int:
    """The seed that is wanted, or one that was hardly ever taken before."""
    return secrets.randbelow(_SEEDS) if wanted is None else wanted


def load(*, seed: int, rate: float, base_currency: str, **options: Any) -> Load:
    """A load of the mix whose counts can be measured by. `wide=True`, or options of a replay."""
    is_wide = bool(options.pop("wide", False))
    made = Options(seed=seed, rate=rate, base_currency=base_currency, mix=MIX, **options)
    return Load(made, is_wide)


@dataclass(frozen=True)
class Made:
    """What the generator is about to send. origin_s: of the times in its bets, since 1970.

    probe_bets: those that are alone in their games, by their ids; probe_singles, probe_tickets:
    when they count in them.
    """

    counted: Counted
    origin_s: float
    probe_bets: Planned
    probe_singles: Planned
    probe_tickets: Planned


@dataclass(frozen=True)
class Sent:
    """How the sending went. answers_s: how long each request waited, of an API."""

    report: Report
    answers_s: tuple[float, ...]


def generate(pipe: Connection, what: Load, way: Way, folder: Path) -> None:
    """Make the load, saying how far it is (a share); send `Made`; wait for the origin (seconds
    since 1970); run, then send `Sent`."""
    sink = way.sink()
    options, games = what.games()
    news = _News(pipe, options)
    bets = options.rate * (options.until_s or 0.0)
    origin = datetime.now(UTC) + timedelta(seconds=LEAD_S + MAKE_S_PER_BET * bets)
    plan = Spooled(options, games, origin, folder / "messages")
    probes = Probes(options, plan.origin)
    counted = plan.make(news.told, probes)
    pipe.send(
        Made(counted, plan.origin.timestamp(), probes.rows(), probes.singles(), probes.tickets())
    )
    plan.begin(datetime.fromtimestamp(pipe.recv(), UTC))
    # Nobody has anything more to say, unless who measures is gone.
    report = run(plan, sink, SystemClock(), stop=pipe.poll)
    answers = sink.answered_after_s if isinstance(sink, HttpSink) else ()
    pipe.send(Sent(report, tuple(answers)))


def write_backlog(pipe: Connection, what: Load, way: Way) -> None:
    """Send the whole load at once, saying how far it is (a share); then send `Counted`."""
    sink = way.sink()
    options, games = what.games()
    news = _News(pipe, options)
    # A plan that is over already is sent as fast as it is taken.
    length_s = (options.until_s or 0.0) + 60
    plan = _Passing(options, games, datetime.now(UTC) - timedelta(seconds=length_s))
    run(plan, sink, SystemClock(), lambda report, _now, _lag: news.told(report.bets))
    pipe.send(plan.counting.counted())


class _Passing(Plan):
    """A plan that notes what it counts."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.counting = Counting(self)

    def blocks(self) -> Any:
        return self.counting.blocks(left_open(self, super().blocks()))


class _News:
    """Tells now and then which share of the bets is done."""

    def __init__(self, pipe: Connection, options: Options) -> None:
        self._pipe = pipe
        self._bets = options.rate * (options.until_s or 1.0)
        self._told_s = 0.0

    def told(self, bets: int) -> None:
        """So many are done."""
        if time.monotonic() - self._told_s >= _NEWS_S:
            self._told_s = time.monotonic()
            self._pipe.send(bets / self._bets)
