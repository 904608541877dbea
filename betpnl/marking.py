"""What the model says of a market's selections now: by its newest prices and how its game stands.

Texts in, a text out, as sql/46_marked_price.sql packs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from betpnl import score_markets
from betpnl.contract.records import Leg
from betpnl.model.features import PROBABILITY_MIN
from betpnl.model.goals import OVER_MIN
from betpnl.model.outcome import FALLBACK_VERSION
from betpnl.model.scoring import Model, score_legs
from betpnl.packing import FIELD, ROW, pack
from betpnl.pnl import Outcome

_KEPT_MAX = 10_000
_ENDS = {
    Outcome.WIN: f"{1.0 - PROBABILITY_MIN:.8f}",
    Outcome.LOSE: f"{PROBABILITY_MIN:.8f}",
}


class Moment(NamedTuple):
    """A market, when it was priced, and how its game stood. Times: milliseconds since 1970.

    sport, status: '' while no record of the game is known. status: as in the contract.
    """

    market: str
    line: str
    priced_ms: int
    sport: str
    status: str
    starts_ms: int | None
    minute: int | None
    score_home: int | None
    score_away: int | None

    @classmethod
    def unpacked(cls, text: str) -> Moment:
        """Reads the nine fields of sql/46_marked_price.sql."""
        market, line, priced_ms, sport, status, *numbers = text.split(FIELD)
        starts_ms, minute, home, away = (int(number) if number else None for number in numbers)
        return cls(market, line, int(priced_ms), sport, status, starts_ms, minute, home, away)

    def packed(self) -> str:
        """What `unpacked` reads."""
        return FIELD.join("" if field is None else str(field) for field in self)

    @property
    def in_play(self) -> bool:
        """Whether the game is under way, or over."""
        return self.status in ("live", "ended")

    @property
    def is_priced_before(self) -> bool:
        """Whether the game began after its price was made, as far as is known."""
        return self.in_play and self.starts_ms is not None and self.priced_ms < self.starts_ms


def mark_market(model: Model, prices: str, moment: str) -> str:
    """A market's packed rows of selection, odds, probability and the version that gave it.

    prices: rows of selection, odds and margin-free probability, which stands where the model
    cannot score all of the market. A market that is still at its prices from before the game, and
    that the score does not tell of, stays as it was marked then. The probabilities are rounded to
    8 decimals, one by one.
    """
    rows = [row.split(FIELD) for row in prices.split(ROW)]
    stands = Moment.unpacked(moment)
    decided = _decided([name for name, *_ in rows], stands)
    scores = [] if decided else score_legs(model, _legs(rows, stands))
    if decided:
        marks = [(probability, model.version) for probability in decided]
    else:
        marks = [
            (f"{score.probability:.8f}", model.version)
            if score.by_model or score.stale
            else (free, FALLBACK_VERSION)
            for score, (_, _, free) in zip(scores, rows, strict=True)
        ]
    return pack(
        (pack((name, odds, *mark)) for (name, odds, _), mark in zip(rows, marks, strict=True)),
        ROW,
    )


def _decided(names: Sequence[str], moment: Moment) -> list[str]:
    """As good as certain once the game has ended, where its score decides all of the market.

    Empty where it does not, and where something is given back, which no probability says.
    """
    if moment.status != "ended" or moment.score_home is None or moment.score_away is None:
        return []
    score = score_markets.Score(moment.score_home, moment.score_away)
    ends = [score_markets.decide(moment.market, moment.line, name, names, score) for name in names]
    return [_ENDS[end] for end in ends if end in _ENDS] if set(ends) <= _ENDS.keys() else []


def _legs(rows: Sequence[Sequence[str]], moment: Moment) -> list[Leg]:
    """The market as bets on each of its selections would show it to the model."""
    odds = {name: Decimal(price) for name, price, _ in rows}
    floats = {name: float(price) for name, price in odds.items()}
    return [
        Leg(
            leg=1,
            game_id="",
            sport=moment.sport,
            market=moment.market,
            line=moment.line,
            selection=name,
            odds=price,
            in_play=moment.in_play,
            minute=int(OVER_MIN) if moment.status == "ended" else moment.minute,
            score_home=moment.score_home,
            score_away=moment.score_away,
            market_odds=None if moment.is_priced_before else floats,
            pre_match_odds=floats if moment.is_priced_before else None,
        )
        for name, price in odds.items()
    ]


class Marks:
    """Marks markets, and keeps what it said: a row is asked for again when it is retracted."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._kept: dict[tuple[str, str], str] = {}

    def mark(self, model: Model, prices: str, moment: str) -> str:
        """As `mark_market`."""
        if model is not self._model:
            # Not by its version: a file may bring another model under the same name.
            self._model = model
            self._kept.clear()
        key = prices, moment
        found = self._kept.get(key)
        if found is None:
            found = mark_market(model, prices, moment)
            if len(self._kept) >= _KEPT_MAX:
                # The oldest goes: dictionaries keep the order in which things came.
                del self._kept[next(iter(self._kept))]
            self._kept[key] = found
        return found
