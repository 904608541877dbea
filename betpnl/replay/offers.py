"""What can be bet on at one moment, and how bets fall on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import msgspec
import numpy as np

from betpnl.contract.records import Leg
from betpnl.games import Checkpoint
from betpnl.replay.stakes import Floats, Integers
from betpnl.replay.timeline import HOT, Fixture

LEGS_MAX = 6
# How much more is bet on a game once it is under way, and on who wins it than on the rest.
_IN_PLAY_INTEREST = 2.0
_MAIN_MARKETS = frozenset({"match_result", "moneyline"})
_MAIN_INTEREST = 3.0
# Among more books, noise for each of them on each ticket would cost a hundred times the ticket.
_FEW_BOOKS = 1000
# So many times the books that a ticket needs are drawn, as some come twice.
_SPARE = 4

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_FIRST_LEG = b'{"leg":1,'


@dataclass(frozen=True)
class Book:
    """The selections of one game at one moment.

    legs: each selection's leg as JSON from its game_id on (the part that no bet changes).
    shares: how the game's bets fall on them [n], adding up to 1.
    """

    fixture: Fixture
    legs: list[str]
    odds: Floats
    shares: Floats
    interest: float


def make_book(fixture: Fixture, checkpoint: Checkpoint) -> Book:
    """The book on a game at a checkpoint, which must have prices."""
    game = fixture.game
    before = game.checkpoints[0].prices
    legs, odds, shares = [], [], []
    for market, lines in checkpoint.prices.items():
        for line, prices in lines.items():
            market_odds = _doubles(prices)
            interest = _MAIN_INTEREST if market in _MAIN_MARKETS else 1.0
            for selection, price in prices.items():
                leg = Leg(
                    leg=1,
                    game_id=fixture.game_id,
                    sport=game.sport,
                    competition=game.competition,
                    market=market,
                    line=line,
                    selection=selection,
                    odds=price,
                    in_play=checkpoint.in_play,
                    minute=checkpoint.minute if checkpoint.in_play else None,
                    score_home=checkpoint.score_home if checkpoint.in_play else None,
                    score_away=checkpoint.score_away if checkpoint.in_play else None,
                    market_odds=market_odds,
                    # Before the game the two would say the same.
                    pre_match_odds=(
                        _doubles(before.get(market, {}).get(line, {})) or None
                        if checkpoint.in_play
                        else None
                    ),
                )
                legs.append(_fragment(leg))
                odds.append(float(price))
                # Money follows the favourites.
                shares.append(interest / float(price))
    share = np.array(shares)
    interest = fixture.popularity * (_IN_PLAY_INTEREST if checkpoint.in_play else 1.0)
    return Book(fixture, legs, np.array(odds), share / share.sum(), interest)


def _doubles(prices: Mapping[str, Decimal]) -> dict[str, float]:
    return {selection: float(price) for selection, price in prices.items()}


def _fragment(leg: Leg) -> str:
    encoded = _ENCODER.encode(
        {
            name: value
            for name, value in ((f, getattr(leg, f)) for f in leg.__struct_fields__)
            if value not in (None, "")
        }
    )
    return encoded.removeprefix(_FIRST_LEG).decode()


def _interest(books: Sequence[Book], hot: float) -> Floats:
    """The weight of each book among them."""
    interest = np.array([book.interest for book in books])
    favourite = np.array([book.fixture.number == HOT for book in books])
    if hot and favourite.any():
        others = interest[~favourite].sum() or 1.0
        interest[favourite] = others * hot / (1 - hot)
    return interest


class Offers:
    """All open books side by side; a selection's place in them is its number here."""

    def __init__(self, books: Sequence[Book], hot: float = 0.0) -> None:
        """books: at least one. hot: the share of the game HOT, if it is among them; 0 for none."""
        self.legs = [leg for book in books for leg in book.legs]
        self.odds = np.concatenate([book.odds for book in books])
        self._interest = _interest(books, hot)
        sizes = np.array([len(book.legs) for book in books])
        self._ends = np.cumsum(sizes)
        self._starts = self._ends - sizes
        self._book_of = np.repeat(np.arange(len(books)), sizes)
        self._games = np.array([book.fixture.number for book in books])
        self._games_end_s = np.array([book.fixture.ends_s for book in books])
        shares = np.concatenate([book.shares for book in books])
        self._cdf = np.cumsum(shares * self._interest[self._book_of])
        edges = np.concatenate([[0.0], self._cdf])
        self._mass_from = edges[self._starts]
        self._mass = edges[self._ends] - self._mass_from

    @cached_property
    def single_legs(self) -> list[str]:
        """Each selection as the one leg of a single, as JSON."""
        return [f'{{"leg":1,{leg}' for leg in self.legs]

    @cached_property
    def _interest_cdf(self) -> Floats:
        return np.cumsum(self._interest)

    @property
    def books(self) -> int:
        """How many games are open."""
        return len(self._interest)

    def games(self, selections: Integers) -> Integers:
        """Numbers of the games that selections belong to; any shape."""
        numbers: Integers = self._games[self._book_of[selections]]
        return numbers

    def games_end_s(self, selections: Integers) -> Floats:
        """When the games of selections end; any shape."""
        ends: Floats = self._games_end_s[self._book_of[selections]]
        return ends

    def draw(self, rng: np.random.Generator, count: int) -> Integers:
        """Selections of `count` singles."""
        drawn = np.searchsorted(self._cdf, rng.random(count) * self._cdf[-1], side="right")
        selections: Integers = np.minimum(drawn, len(self.legs) - 1)
        return selections

    def draw_tickets(self, rng: np.random.Generator, count: int) -> Integers:
        """Selections [count, up to LEGS_MAX] of tickets, each leg on another game."""
        width = min(LEGS_MAX, self.books)
        if self.books > _FEW_BOOKS:
            games = self._draw_among_many(rng, count, width)
        else:
            # Gumbel's trick: the largest of log weight + noise are a draw without replacement.
            keys = np.log(self._interest) + rng.gumbel(size=(count, self.books))
            games = np.argsort(-keys, axis=1)[:, :width]
        mass = self._mass_from[games] + rng.random((count, width)) * self._mass[games]
        drawn = np.searchsorted(self._cdf, mass, side="right")
        selections: Integers = np.clip(drawn, self._starts[games], self._ends[games] - 1)
        return selections

    def _draw_among_many(self, rng: np.random.Generator, count: int, width: int) -> Integers:
        """Books [count, width], different in each row: drawn again where they came before."""
        games = np.empty((count, width), dtype=np.int64)
        left = np.arange(count)
        while len(left):
            mass = rng.random((len(left), _SPARE * width)) * self._interest_cdf[-1]
            drawn = np.searchsorted(self._interest_cdf, mass, side="right")
            drawn = np.minimum(drawn, self.books - 1)
            repeated = np.zeros(drawn.shape, dtype=bool)
            for column in range(1, drawn.shape[1]):
                same = drawn[:, :column] == drawn[:, column, np.newaxis]
                repeated[:, column] = same.any(axis=1)
            first = np.argsort(repeated, axis=1, kind="stable")[:, :width]
            enough = (~repeated).sum(axis=1) >= width
            games[left[enough]] = np.take_along_axis(drawn, first, axis=1)[enough]
            left = left[~enough]
        return games
