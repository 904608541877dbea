"""From a batch of messages to what Flink reads of them: decoded, checked, scored, packed.

The order of a row's fields is that of sql/21_bet_scored.sql.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice

from betpnl import pnl
from betpnl.contract.checks import Rules
from betpnl.contract.currencies import MINOR_UNITS
from betpnl.contract.reading import Rejected, excerpt, reader
from betpnl.contract.records import Bet
from betpnl.contract.texts import epoch_ms, legs_text
from betpnl.contract.topics import BETS
from betpnl.model.outcome import FALLBACK_VERSION
from betpnl.model.scoring import LegScore, Model, score_legs
from betpnl.packing import number
from betpnl.tickets import Ticket, TicketLeg

Row = list[str | None]

_ONE = Decimal(1)
_ZERO = Decimal(0)
_WON = pnl.LegResult(pnl.Outcome.WIN)
_COUNTING = frozenset({"accepted", "cashed_out"})


def counts(bet: Bet) -> bool:
    """Whether a bet contributes anything: a rejected or cancelled one does not."""
    return bet.status in _COUNTING


def money_of(bet: Bet, base_minor: int) -> pnl.Money:
    """How the bet's currency turns into the base currency."""
    return pnl.Money(MINOR_UNITS[bet.currency], base_minor, bet.fx_rate or _ONE)


def stake_of(bet: Bet) -> pnl.Stake:
    """What is staked on the bet, and how much of it was cashed out."""
    cash_out = bet.cash_out
    return pnl.Stake(
        stake=bet.stake,
        free=bet.stake_type == "free",
        cashed_fraction=_ZERO if cash_out is None else cash_out.fraction,
        cash_out_paid=_ZERO if cash_out is None else cash_out.amount,
        counts=counts(bet),
    )


def total_odds(bet: Bet) -> Decimal:
    """The odds of the whole bet, all legs winning, to 4 decimals."""
    return pnl.round_half_up(pnl.multiply(*(leg.odds for leg in bet.legs)), 4)


class BetRows:
    """Reads and scores batches of bets.

    rules: what the deployment fixes. model: scores the legs. base_minor: decimals of the base
    currency's smallest unit.
    """

    def __init__(self, rules: Rules, model: Model, base_minor: int) -> None:
        self._reader = reader(BETS, rules)
        self._model = model
        self._base_minor = base_minor

    def rows(self, messages: Iterable[bytes | None], arrived_s: Iterable[int]) -> list[Row]:
        """A row for each message; ``arrived_s`` is its Kafka timestamp, seconds since 1970.

        A message that is no valid bet gives [reason, excerpt].
        """
        read: list[Bet | Row] = []
        for message, arrived in zip(messages, arrived_s, strict=True):
            try:
                read.append(self._reader.read(message, arrived * 1000))
            except Rejected as fault:
                read.append([str(fault), excerpt(message)])
        bets = [item for item in read if isinstance(item, Bet)]
        scores = iter(score_legs(self._model, [leg for bet in bets for leg in bet.legs]))
        return [
            self._row(item, list(islice(scores, len(item.legs)))) if isinstance(item, Bet) else item
            for item in read
        ]

    def _row(self, bet: Bet, scores: Sequence[LegScore]) -> Row:
        first = bet.legs[0]
        cash_out = bet.cash_out
        if len(scores) == 1:
            score = scores[0]
            selection = (first.game_id, first.sport, first.market, first.line, first.selection)
            odds = number(first.odds)
            probability = f"{score.probability:.8f}"
            margin = f"{score.margin:.8f}"
            ticket = payout_win = None
        else:
            selection = ("", "", "", "", "")
            odds = number(total_odds(bet))
            packed = self._ticket(bet, scores)
            probability = number(packed.probability)
            margin = number(pnl.ticket_margin(_decimal(score.margin) for score in scores))
            ticket, payout_win = packed.packed(), number(packed.payout_win)
        by_model = all(score.by_model for score in scores)
        return [
            None,
            bet.bet_id,
            str(bet.version),
            bet.status,
            str(epoch_ms(bet.accepted_at)),
            bet.customer_id,
            bet.channel,
            bet.region,
            bet.currency,
            str(MINOR_UNITS[bet.currency]),
            "1" if bet.fx_rate is None else number(bet.fx_rate),
            number(bet.stake),
            bet.stake_type,
            bet.bet_type,
            "0" if cash_out is None else number(cash_out.fraction),
            "0" if cash_out is None else number(cash_out.amount),
            str(len(scores)),
            *selection,
            odds,
            probability,
            self._model.version if by_model else FALLBACK_VERSION,
            "1" if all(score.likeliest for score in scores) else "0",
            margin,
            legs_text(bet.legs),
            ticket,
            payout_win,
        ]

    def _ticket(self, bet: Bet, scores: Sequence[LegScore]) -> Ticket:
        stake, money = stake_of(bet), money_of(bet, self._base_minor)
        probability = pnl.multiply(*(_decimal(score.probability) for score in scores))
        games: set[str] = set()
        sports: set[str] = set()
        legs = []
        for leg in bet.legs:
            legs.append(
                TicketLeg(
                    leg.game_id,
                    leg.market,
                    leg.line,
                    leg.selection,
                    leg.odds,
                    leg.sport,
                    leg.game_id not in games,
                    leg.sport not in sports,
                )
            )
            games.add(leg.game_id)
            sports.add(leg.sport)
        return Ticket(
            stake,
            money,
            pnl.round_half_up(probability, pnl.PROBABILITY_DECIMALS),
            pnl.ticket_payout(stake, money, [leg.odds for leg in legs], [_WON] * len(legs)),
            tuple(legs),
        )


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.8f}")
