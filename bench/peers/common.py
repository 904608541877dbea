"""What every peer does alike: read, check and score bets, and work out what each puts where.

The reader, the model and the arithmetic are betpnl's own; what differs from peer to peer is how
bets get here, where the newest version of each is kept, and how sums are kept and written.
Amounts of sums are whole numbers of 0.0001 of the base currency: exact, and fit for JSON, Arrow
and NumPy alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from betpnl import pnl, ticket_pnl
from betpnl.bet_money import money_of, stake_of
from betpnl.bet_scoring import BetScore, score_bets
from betpnl.contract.checks import Rules
from betpnl.contract.currencies import minor_units
from betpnl.contract.reading import Rejected, reader
from betpnl.contract.records import Bet
from betpnl.contract.texts import legs_text, terms_text
from betpnl.contract.topics import BETS
from betpnl.deployment import rules
from betpnl.model.live import LiveModel
from betpnl.model.outcome import FALLBACK_VERSION
from betpnl.model.scoring import Model
from betpnl.packing import number
from betpnl.references import resolve
from betpnl.references.feed import ReferenceFeed
from betpnl.references.resolve import References
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap
from betpnl.ticket_making import is_single, ticket_margin, ticket_of
from betpnl.verify.history import mysql_time
from betpnl.verify.valuation import Share, Value, amounts_of, shares_of

GAME, MINUTE, SELECTION = "game_placed", "game_minute", "selection_book"
COUNTS = {GAME: 2, MINUTE: 1, SELECTION: 1}
"""By table of sums, how many of its amounts are counts; they stand first."""


class Part(NamedTuple):
    """What a bet puts on one row of a table of sums. amounts: counts, then units of 0.0001."""

    table: str
    key: tuple[str, ...]
    amounts: tuple[int, ...]


class Valued(NamedTuple):
    """A version of a bet. rank: of two versions the higher one counts. row: of the table bet."""

    bet_id: str
    rank: tuple[int, int]
    row: tuple[str | int, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Deployment:
    """What a peer has to know of the stack that it works for, from the `BETPNL_*` variables."""

    settings: Settings
    kafka_bootstrap: str
    topic: str

    @classmethod
    def load(cls) -> Deployment:
        """Raises UserError when no stack runs there."""
        settings = Settings.load()
        topic = settings.topic_prefix + BETS.name
        return cls(settings, kafka_bootstrap(settings), topic)

    def valuer(self) -> Valuer:
        """A new one, with the rates and cancels of the log. Raises KafkaException."""
        settings, bet_rules = self.settings, rules(self.settings)
        feed = ReferenceFeed(self.kafka_bootstrap, settings.topic_prefix, bet_rules)
        model = LiveModel(settings.model_path, settings.home / "models")
        return Valuer(bet_rules, model.now, feed.references)


class Valuer:
    """Reads batches of messages. rejects: how many were no valid bets."""

    def __init__(
        self, bet_rules: Rules, model: Callable[[], Model], references: References
    ) -> None:
        self._reader = reader(BETS, bet_rules)
        self._model = model
        self._references = references
        self._base_minor = minor_units(bet_rules.base_currency)
        self.rejects = 0

    def valued(self, messages: Iterable[tuple[bytes | None, int]]) -> list[Valued]:
        """The valid bets of messages and their times in Kafka (ms); one inference for all."""
        bets: list[Bet] = []
        for message, arrived_ms in messages:
            try:
                # To the second, as the job reads it.
                record: Bet = self._reader.read(message, arrived_ms // 1000 * 1000)
            except Rejected:
                self.rejects += 1
            else:
                bets.append(self._references.resolve(record))
        model = self._model()
        scores = score_bets(model, bets)
        return [
            value_bet(bet, scored, model.version, self._base_minor)
            for bet, scored in zip(bets, scores, strict=True)
        ]


def value_bet(bet: Bet, scored: BetScore, version: str, base_minor: int) -> Valued:
    """What a bet puts into the tables, with the model's word on it. version: the model's."""
    if is_single(bet):
        (leg,), (score,) = bet.legs, scored.legs
        selection = (leg.game_id, leg.market, leg.line, leg.selection)
        odds, predicted_win, ticket = leg.odds, score.likeliest, None
        ((p_win, _, margin),) = scored.chances()
    else:
        chances = scored.chances()
        money, stake = money_of(bet, base_minor), stake_of(bet)
        ticket = ticket_of(bet, stake, money, chances, scored.joint)
        selection = ("", "", "", "")
        odds, p_win, margin = (
            ticket_pnl.total_odds(ticket), ticket.probability, ticket_margin(chances)
        )  # fmt: skip
        predicted_win = all(leg.predicted for leg in ticket.legs)
    placed, win, half_win, half_lose = amounts_of(bet, base_minor, ticket)
    if ticket is not None:
        predicted = ticket_pnl.predicted_payout(ticket)
    else:
        predicted = win if predicted_win else pnl.ZERO
    counts, expected = resolve.counts(bet), pnl.expected_payout(p_win, win)
    riding, cash_out_pnl = placed.handle_riding, placed.cash_out_pnl
    value = Value(
        bets=int(counts),
        riding_bets=int(stake_of(bet).rides),
        handle=placed.handle,
        bonus_handle=placed.bonus_handle,
        handle_riding=riding,
        cash_out_handle=placed.cash_out_handle,
        cash_out_paid=placed.cash_out_paid,
        payout_win=win,
        payout_half_win=half_win,
        payout_half_lose=half_lose,
        expected_payout=expected,
        predicted_payout=predicted,
        expected_pnl=riding - expected + cash_out_pnl,
        predicted_pnl=riding - predicted + cash_out_pnl,
        theoretical_pnl=pnl.theoretical_pnl(placed.handle, margin),
        cash_out_pnl=cash_out_pnl,
    )
    status, accepted_at = resolve.status_of(bet), mysql_time(bet.accepted_at) or ""
    row = (
        bet.bet_id,
        bet.version,
        status,
        accepted_at,
        bet.customer_id,
        bet.channel,
        bet.region,
        bet.currency,
        number(resolve.rate_of(bet)),
        number(bet.stake),
        bet.stake_type,
        bet.bet_type,
        len(bet.legs),
        *selection,
        number(odds),
        number(p_win),
        version if scored.by_model else FALLBACK_VERSION,
        int(predicted_win),
        number(margin),
        *map(number, value[2:11]),
        *map(number, value[12:]),
        legs_text(bet.legs),
        terms_text(bet, status),
        resolve.number_of(bet),
        int(resolve.is_called_off(bet)),
    )
    minute = accepted_at[:17] + "00.000"
    if ticket is None:
        parts = _single_parts(selection, minute, value)
    else:
        shares = shares_of(ticket.legs, value, margin, base_minor)
        parts = tuple(part for share in shares for part in _share_parts(share, minute, value))
    return Valued(bet.bet_id, (bet.version, resolve.number_of(bet)), row, parts)


def changes(before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
    """What a newer version changes: takes the parts of the older one back, and puts in its own."""
    gone = [part._replace(amounts=tuple(-each for each in part.amounts)) for part in before]
    return added([*gone, *after])


def added(parts: Iterable[Part]) -> list[Part]:
    """The same parts, one for each row that they change."""
    sums: dict[tuple[str, tuple[str, ...]], Sequence[int]] = {}
    for table, key, amounts in parts:
        known = sums.get((table, key))
        sums[table, key] = amounts if known is None else plus(known, amounts)
    return [Part(table, key, tuple(amounts)) for (table, key), amounts in sums.items()]


def plus(left: Sequence[int], right: Sequence[int]) -> list[int]:
    """Amount by amount."""
    return [one + other for one, other in zip(left, right, strict=True)]


def sum_row(table: str, key: Sequence[str], amounts: Sequence[int]) -> tuple[str | int, ...]:
    """The row of a table of sums."""
    counts = COUNTS[table]
    return (*key, *map(int, amounts[:counts]), *map(_text, amounts[counts:]))


def _units(amount: Decimal) -> int:
    return int(amount.scaleb(pnl.EXPECTED_DECIMALS, context=pnl.EXACT))


def _text(units: int) -> str:
    whole, rest = divmod(abs(int(units)), 10**pnl.EXPECTED_DECIMALS)
    return f"{'-' if units < 0 else ''}{whole}.{rest:04d}"


def _single_parts(selection: tuple[str, ...], minute: str, value: Value) -> tuple[Part, ...]:
    (
        handle,
        bonus_handle,
        handle_riding,
        cash_out_handle,
        cash_out_paid,
        payout_win,
        payout_half_win,
        payout_half_lose,
        expected_payout,
        _,
        *pnls,
    ) = [_units(amount) for amount in value[2:]]
    game_id = selection[0]
    placed = (handle, bonus_handle, handle_riding, cash_out_handle, cash_out_paid, expected_payout)
    payouts = (payout_win, payout_half_win, payout_half_lose)
    return (
        Part(GAME, (game_id,), (value.bets, value.riding_bets, *placed, *pnls)),
        Part(MINUTE, (game_id, minute), (value.bets, handle, *pnls)),
        Part(SELECTION, selection, (value.riding_bets, handle_riding, expected_payout, *payouts)),
    )


def _share_parts(share: Share, minute: str, value: Value) -> tuple[Part, ...]:
    """Of a ticket's leg: it is counted once a game, and stands in no selection's book."""
    bets, riding_bets = (value.bets, value.riding_bets) if share.in_game else (0, 0)
    handle, *others = [_units(amount) for amount in share[4:]]
    pnls = others[-4:]
    return (
        Part(GAME, (share.game_id,), (bets, riding_bets, handle, *others)),
        Part(MINUTE, (share.game_id, minute), (bets, handle, *pnls)),
    )
