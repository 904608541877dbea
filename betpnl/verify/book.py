"""The sums: each bet put once into every group that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from betpnl import pnl
from betpnl.contract.records import Bet, Result
from betpnl.references import resolve
from betpnl.references.resolve import References
from betpnl.ticket_making import is_single
from betpnl.verify import scored, settlement
from betpnl.verify.history import mysql_time
from betpnl.verify.segment_book import SegmentBook, segments_of
from betpnl.verify.sums import ZERO, Sums, add, rows
from betpnl.verify.tables import Rows
from betpnl.verify.ticket_book import TicketBook
from betpnl.verify.valuation import Score, Share, Value, shares_of, ticket_for


class Book:
    """Takes each newest bet once, with its value; then says what every sum must be.

    results: the newest of each selection. base_minor: decimals of the base currency. references:
    which bets take their rate from.
    """

    def __init__(self, results: Iterable[Result], base_minor: int, references: References) -> None:
        self._references = references
        self._rates: Rows = {}
        self._endings = settlement.endings(results)
        self._base_minor = base_minor
        self._games: Sums = {}
        self._minutes: Sums = {}
        self._seconds: Sums = {}
        self._selections: Sums = {}
        self._scored: Sums = {}
        self._segments = SegmentBook(self._endings, base_minor)
        self._tickets = TicketBook(self._endings, base_minor, self._segments)

    def post(self, bet: Bet, score: Score, value: Value) -> None:
        """Put a bet into its groups; one that does not count puts in zeros."""
        accepted_at = mysql_time(bet.accepted_at) or ""
        if self._references.takes_rate(bet):
            self._rates[bet.bet_id,] = (
                bet.bet_id,
                bet.currency,
                accepted_at,
                resolve.rate_of(bet),
            )
        ticket = None if is_single(bet) else ticket_for(bet, score, self._base_minor)
        if ticket is None:
            shares: Sequence[Share] = (_whole(bet, value),)
        else:
            shares = shares_of(ticket.legs, value, score.margin, self._base_minor)
        for share in shares:
            self._place(share, value, accepted_at)
        segments = segments_of(bet, ticket)
        self._segments.place(segments, shares, value)
        if ticket is None:
            selection = settlement.selection_of(bet.legs[0])
            self._segments.single(selection, segments[0], value)
            add(
                self._selections,
                selection,
                (
                    value.riding_bets,
                    value.handle_riding,
                    value.expected_payout,
                    value.payout_win,
                    value.payout_half_win,
                    value.payout_half_lose,
                ),
            )
            price = scored.band(bet.legs[0].odds)
            said_by = (bet.legs[0].sport, score.model_version, scored.CHAMPION, price)
            add(self._scored, (*selection, *said_by), scored.said(value.bets, score.p_win))
        else:
            self._tickets.post(bet, ticket, value, shares, segments)

    def _place(self, share: Share, value: Value, accepted_at: str) -> None:
        in_game = value.bets if share.in_game else 0
        add(
            self._games,
            (share.game_id,),
            (in_game, value.riding_bets if share.in_game else 0, *share[4:]),
        )
        measures = (
            share.handle,
            share.expected_pnl,
            share.predicted_pnl,
            share.theoretical_pnl,
            share.cash_out_pnl,
        )
        add(self._minutes, (share.game_id, accepted_at[:17] + "00.000"), (in_game, *measures))
        in_sport = value.bets if share.in_sport else 0
        add(self._seconds, (share.sport, accepted_at[:20] + "000"), (in_sport, *measures))

    def tables(self) -> dict[str, Rows]:
        """What must stand in each table of sums, by table and key."""
        singles, seconds = self._settled()
        for key, group in self._tickets.seconds.items():
            add(seconds, key, group)
        return {
            **self._tickets.tables(),
            **self._segments.tables(),
            "bet_rate": self._rates,
            "game_placed": rows(self._games, 2),
            "game_minute": rows(self._minutes, 1),
            "sport_second": rows(self._seconds, 1),
            "selection_book": rows(self._selections, 1),
            "selection_scored": rows(self._scored, 1),
            "game_settled": rows(singles, 1),
            "game_settled_second": rows(seconds, 1),
        }

    def _settled(self) -> tuple[Sums, Sums]:
        """What is settled of singles: by game, and by game and second."""
        games: Sums = {}
        seconds: Sums = {}
        for selection, ending in self._endings.items():
            group = self._selections.get(selection)
            if group is None:
                continue
            bets, riding, expected, win, half_win, half_lose = group
            payouts = pnl.SelectionSums(riding, win, half_win, half_lose)
            payout = pnl.selection_payout(payouts, ending.result, self._base_minor)
            parts = (bets, riding, payout, expected)
            add(games, (selection[0],), parts)
            add(seconds, (selection[0], ending.second), (*parts, ZERO))
        return games, seconds


def _whole(bet: Bet, value: Value) -> Share:
    """All of a single goes to its game: no need to split it in one."""
    return Share(
        bet.legs[0].game_id,
        bet.legs[0].sport,
        True,
        True,
        value.handle,
        value.bonus_handle,
        value.handle_riding,
        value.cash_out_handle,
        value.cash_out_paid,
        value.expected_payout,
        value.expected_pnl,
        value.predicted_pnl,
        value.theoretical_pnl,
        value.cash_out_pnl,
    )
