"""From a batch of messages to what Flink reads of them: decoded, checked, scored, packed.

The order of a row's fields is that of sql/21_bet_scored.sql.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat

from betpnl import ticket_pnl
from betpnl.bet_money import money_of, stake_of
from betpnl.bet_scoring import BetScore, score_bets
from betpnl.contract.checks import Rules
from betpnl.contract.currencies import MINOR_UNITS
from betpnl.contract.reading import Rejected, excerpt, reader
from betpnl.contract.records import Bet
from betpnl.contract.texts import epoch_ms, legs_text, terms_text
from betpnl.contract.topics import BETS
from betpnl.model.outcome import FALLBACK_VERSION
from betpnl.model.scoring import Model
from betpnl.packing import number
from betpnl.references import resolve
from betpnl.references.resolve import References
from betpnl.ticket_making import is_single, ticket_margin, ticket_of

Row = list[str | None]
Challenge = Callable[[str, Sequence[Bet]], Sequence[str | None]]
"""From the champion's version and a batch to the challenger's word on each bet."""
MODEL_VERSION = 24
"""Where a row says which model scored it."""


class BetRows:
    """Reads and scores batches of bets.

    rules: what the deployment fixes. model: gives what scores the legs, asked once a batch.
    base_minor: decimals of the base currency's smallest unit. references: rates and cancels, as
    they are known. challenge: asked for a second model's word, if there is one.
    """

    def __init__(
        self,
        rules: Rules,
        model: Callable[[], Model],
        base_minor: int,
        references: References,
        challenge: Challenge | None = None,
    ) -> None:
        self._reader = reader(BETS, rules)
        self._references = references
        self._model = model
        self._base_minor = base_minor
        self._challenge = challenge

    def rows(self, messages: Iterable[bytes | None], arrived_s: Iterable[int]) -> list[Row]:
        """A row for each message; ``arrived_s`` is its Kafka timestamp, seconds since 1970.

        A message that is no valid bet gives [reason, excerpt].
        """
        read: list[Bet | Row] = []
        for message, arrived in zip(messages, arrived_s, strict=True):
            try:
                record: Bet = self._reader.read(message, arrived * 1000)
                read.append(self._references.resolve(record))
            except Rejected as fault:
                read.append([str(fault), excerpt(message)])
        bets = [item for item in read if isinstance(item, Bet)]
        # One model for the whole batch, whatever becomes of its file meanwhile.
        model = self._model()
        scores = iter(score_bets(model, bets))
        words: Iterator[str | None] = repeat(None)
        if self._challenge is not None:
            words = iter(self._challenge(model.version, bets))
        return [
            self._row(item, next(scores), model.version, next(words))
            if isinstance(item, Bet)
            else item
            for item in read
        ]

    def _row(self, bet: Bet, scored: BetScore, version: str, word: str | None) -> Row:
        cash_out = bet.cash_out
        if is_single(bet):
            (first,), (score,) = bet.legs, scored.legs
            selection = (first.game_id, first.sport, first.market, first.line, first.selection)
            odds = number(first.odds)
            probability = f"{score.probability:.8f}"
            margin = f"{score.margin:.8f}"
            predicted = score.likeliest
            packed = payout_win = predicted_payout = None
        else:
            chances = scored.chances()
            money = money_of(bet, self._base_minor)
            ticket = ticket_of(bet, stake_of(bet), money, chances, scored.joint)
            selection = ("", "", "", "", "")
            odds = number(ticket_pnl.total_odds(ticket))
            probability = number(ticket.probability)
            margin = number(ticket_margin(chances))
            predicted = all(leg.predicted for leg in ticket.legs)
            packed, payout_win = ticket.packed(), number(ticket.payout_win)
            predicted_payout = number(ticket_pnl.predicted_payout(ticket))
        return [
            None,
            bet.bet_id,
            str(bet.version),
            resolve.status_of(bet),
            str(epoch_ms(bet.accepted_at)),
            bet.customer_id,
            bet.channel,
            bet.region,
            bet.currency,
            str(MINOR_UNITS[bet.currency]),
            number(resolve.rate_of(bet)),
            number(bet.stake),
            bet.stake_type,
            bet.bet_type,
            "0" if cash_out is None else number(cash_out.fraction),
            "0" if cash_out is None else number(cash_out.amount),
            str(len(bet.legs)),
            *selection,
            odds,
            probability,
            version if scored.by_model else FALLBACK_VERSION,
            "1" if predicted else "0",
            margin,
            legs_text(bet.legs),
            packed,
            payout_win,
            predicted_payout,
            terms_text(bet, resolve.status_of(bet)),
            str(resolve.number_of(bet)),
            "1" if resolve.is_called_off(bet) else "0",
            "1" if self._references.takes_rate(bet) else "0",
            bet.legs[0].competition if packed is None else "",
            word,
        ]
