"""The whole replay as messages in the order they are due, without sending any of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from betpnl.contract.topics import BETS
from betpnl.games import Game, load_games
from betpnl.replay.announcements import Announcer
from betpnl.replay.bets import Drawer, Draws
from betpnl.replay.fates import Fate
from betpnl.replay.followups import Followers, FollowUp, Queue
from betpnl.replay.messages import Block, Message, merged
from betpnl.replay.offers import Book, Offers, make_book
from betpnl.replay.options import Options
from betpnl.replay.stakes import Floats, Integers
from betpnl.replay.timeline import Moment, Step, Timeline, make_timeline
from betpnl.replay.wallets import make_wallets
from betpnl.replay.writing import Writer

# Bets drawn at once: enough to spread NumPy's cost, few enough to be ready within 2 ms.
BLOCK_BETS = 512


class Plan:
    """One replay; iterating twice gives the same messages twice.

    origin: the time of day, UTC, of the moment that all `at_s` are counted from. The same
    options and origin give the same bytes; another origin changes times of day only.
    """

    def __init__(self, options: Options, games: Sequence[Game], origin: datetime) -> None:
        self.options = options
        # Whole milliseconds, as accepted_at has them.
        self.origin = origin.replace(microsecond=origin.microsecond // 1000 * 1000)
        timeline_rng, *_ = self.random_streams()
        self.timeline: Timeline = make_timeline(games, options, timeline_rng)

    def __iter__(self) -> Iterator[Message]:
        for block in self.blocks():
            for key, value, at_s in zip(block.keys, block.values, block.at_s, strict=True):
                yield Message(block.topic, key, value, at_s)

    def blocks(self) -> Iterator[Block]:
        """The same messages in blocks of one topic each, which is far cheaper."""
        announcer = Announcer(self.origin)
        bets = _Bets(self)
        for moment in self.timeline.moments:
            yield from bets.until(moment.at_s)
            yield from announcer.blocks(moment)
            bets.apply(moment)

    def random_streams(self) -> list[np.random.Generator]:
        """Fresh streams of random numbers: timeline, wallets, bets, follow-ups."""
        # One stream for each part: what one draws must not move what another does.
        return np.random.default_rng(self.options.seed).spawn(4)


def plan(
    options: Options, games: Sequence[Game] | None = None, origin: datetime | None = None
) -> Plan:
    """Plan a replay of real games.

    games: default all of data/. origin: default now. Raises UserError for options that no game
    fits.
    """
    return Plan(
        options,
        load_games() if games is None else games,
        datetime.now(UTC) if origin is None else origin,
    )


class _Bets:
    """Walks through time, drawing bets on what is open."""

    def __init__(self, plan: Plan) -> None:
        options = plan.options
        _, wallets_rng, bets_rng, followers_rng = plan.random_streams()
        wallets = make_wallets(wallets_rng, options.base_currency)
        self._drawer = Drawer(bets_rng, wallets, options.mix)
        self._writer = Writer(wallets, options.tag, plan.origin)
        self._followers = Followers(followers_rng, wallets)
        self._queue = Queue()
        self._rate = options.rate
        self._hot = options.hot
        self._end = _numbered(plan.timeline.bets_end_s, options.rate)
        if options.bets is not None:
            self._end = min(self._end, options.bets)
        self._next = 0
        self._books: dict[int, Book] = {}
        self._offers: Offers | None = None

    def apply(self, moment: Moment) -> None:
        """Open, change or suspend a game's book."""
        number = moment.fixture.number
        checkpoint = moment.checkpoint
        if checkpoint and checkpoint.prices and moment.step in (Step.OPEN, Step.CHECKPOINT):
            self._books[number] = make_book(moment.fixture, checkpoint)
        elif number in self._books:
            del self._books[number]
        else:
            return
        self._offers = None

    def until(self, end_s: float) -> Iterator[Block]:
        """Blocks of what is due before a moment (s)."""
        end = min(_numbered(end_s, self._rate), self._end)
        while self._next < end and self._books:
            numbers = np.arange(self._next, min(self._next + BLOCK_BETS, end), dtype=np.int64)
            self._next += len(numbers)
            before_s = min(self._next / self._rate, end_s)
            yield self._block(numbers, before_s)
        self._next = max(self._next, end)
        later = self._queue.due(end_s)
        if later:
            yield _later_only(later)

    def _block(self, numbers: Integers, before_s: float) -> Block:
        if self._offers is None:
            books = [self._books[number] for number in sorted(self._books)]
            self._offers = Offers(books, self._hot)
        offers = self._offers
        draws = self._drawer.draw(offers, numbers, numbers / self._rate)
        written = self._writer.write(draws, offers)
        for followup in self._followers.follow(draws, offers, written):
            self._queue.add(followup)
        counted_at_s, counted_games = _counted(draws, offers)
        block = Block(
            topic=BETS,
            at_s=draws.at_s.tolist(),
            keys=written.keys,
            values=written.values,
            kinds=written.kinds,
            counted_at_s=counted_at_s,
            counted_games=counted_games,
        )
        later = self._queue.due(before_s)
        return merged(block, _later_only(later)) if later else block


def _numbered(at_s: float, rate: float) -> int:
    """How many bets are due before a moment."""
    # A hair less, so that a product like 0.1 * 30 = 3.0000000000000004 adds no bet.
    return max(0, math.ceil(at_s * rate - 1e-9))


def _counted(draws: Draws, offers: Offers) -> tuple[Floats, Integers]:
    used = np.arange(draws.selections.shape[1]) < draws.legs[:, np.newaxis]
    used &= (draws.fates != Fate.REJECTED)[:, np.newaxis]
    rows, _ = np.nonzero(used)
    return draws.at_s[rows], offers.games(draws.selections[used])


def _later_only(later: list[FollowUp]) -> Block:
    return Block(
        topic=BETS,
        at_s=[followup.at_s for followup in later],
        keys=[followup.key for followup in later],
        values=[followup.value for followup in later],
        kinds=Counter(followup.kind for followup in later),
    )
