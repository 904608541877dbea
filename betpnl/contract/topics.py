"""The topics of the log, the record that each one carries, and how its messages are keyed.

The versions of one thing share a key and so a partition: their order in the log is kept.
"""

from dataclasses import dataclass
from typing import Any

from betpnl.contract.records import Bet, FxRate, Game, MarketCancel, MarketOdds, Record, Result

KEY_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Topic:
    """One topic: its name, the record type it carries, and the fields that make its key."""

    name: str
    record_type: type[Any]
    key_fields: tuple[str, ...]

    def key(self, record: Record) -> bytes:
        """The Kafka message key of a record of this topic."""
        return KEY_SEPARATOR.join(str(getattr(record, field)) for field in self.key_fields).encode()


BETS = Topic("bets", Bet, ("bet_id",))
RESULTS = Topic("results", Result, ("game_id", "market", "line", "selection"))
MARKET_CANCELS = Topic("market_cancels", MarketCancel, ("game_id", "market", "line"))
ODDS = Topic("odds", MarketOdds, ("game_id", "market", "line"))
GAMES = Topic("games", Game, ("game_id",))
FX_RATES = Topic("fx_rates", FxRate, ("currency", "valid_from"))

TOPICS: tuple[Topic, ...] = (BETS, RESULTS, MARKET_CANCELS, ODDS, GAMES, FX_RATES)
