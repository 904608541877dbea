"""The tables and views that the audit holds against MySQL, column by column.

A test holds them against sql/mysql/, so no column can be added that is never looked at. Times
are text as MySQL prints a DATETIME(3); a column's type is what its text is read with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Value = str | int | Decimal | None
Row = tuple[Value, ...]
Key = tuple[Value, ...]
Rows = dict[Key, Row]
ColumnType = type[str] | type[int] | type[Decimal]


@dataclass(frozen=True)
class Table:
    """A table or view. key: how many of its columns, from the first, are its primary key."""

    name: str
    key: int
    columns: Mapping[str, ColumnType]

    def key_of(self, row: Row) -> Key:
        """The primary key of a row."""
        return row[: self.key]


def _columns(**types: str) -> dict[str, ColumnType]:
    """Columns named in the order of the arguments' texts."""
    known: dict[str, ColumnType] = {"text": str, "count": int, "money": Decimal}
    return {name: known[kind] for name, kind in types.items()}


def _same(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_MEASURES = _same("money", "handle expected_pnl predicted_pnl theoretical_pnl cash_out_pnl")
_SETTLED = {"bets": "count", **_same("money", "handle payout expected_payout")}
_SELECTION = _same("text", "game_id market line selection")

BET = Table(
    "bet",
    1,
    _columns(
        bet_id="text",
        version="count",
        **_same("text", "status accepted_at customer_id channel region currency"),
        fx_rate="money",
        stake="money",
        stake_type="text",
        bet_type="text",
        leg_count="count",
        **_SELECTION,
        odds="money",
        p_win="money",
        model_version="text",
        predicted_win="count",
        margin="money",
        **_same("money", "handle bonus_handle handle_riding cash_out_handle cash_out_paid"),
        **_same("money", "payout_win payout_half_win payout_half_lose expected_payout"),
        **_same("money", "expected_pnl predicted_pnl theoretical_pnl cash_out_pnl"),
        **_same("text", "legs terms"),
        **_same("count", "adjustment market_cancelled"),
    ),
)
BET_VERSION = Table(
    "bet_version",
    2,
    _columns(
        bet_id="text",
        age="count",
        version="count",
        **_same("text", "status accepted_at currency"),
        fx_rate="money",
        stake="money",
        stake_type="text",
        bet_type="text",
        p_win="money",
        model_version="text",
        **_same("money", "handle cash_out_handle cash_out_paid payout_win expected_pnl"),
        **_same("text", "legs terms"),
        **_same("count", "adjustment market_cancelled"),
    ),
)
BET_RATE = Table(
    "bet_rate",
    1,
    _columns(**_same("text", "bet_id currency accepted_at"), fx_rate="money"),
)
FX_RATE = Table(
    "fx_rate",
    2,
    _columns(**_same("text", "currency valid_from"), version="count", rate="money"),
)
MARKET_CANCEL = Table(
    "market_cancel",
    3,
    _columns(
        **_same("text", "game_id market line"),
        version="count",
        **_same("text", "begins_at ends_at status"),
    ),
)
TICKET_LEG = Table(
    "ticket_leg",
    2,
    _columns(
        bet_id="text",
        leg_number="count",
        **_SELECTION,
        odds="money",
        p_win="money",
        predicted_win="count",
        accepted_at="text",
    ),
)
GAME_PLACED = Table(
    "game_placed",
    1,
    _columns(
        game_id="text",
        bets="count",
        riding_bets="count",
        **_same("money", "handle bonus_handle handle_riding cash_out_handle cash_out_paid"),
        **_same("money", "expected_payout expected_pnl predicted_pnl theoretical_pnl"),
        cash_out_pnl="money",
    ),
)
GAME_MINUTE = Table(
    "game_minute", 2, _columns(game_id="text", minute="text", bets="count", **_MEASURES)
)
SPORT_SECOND = Table(
    "sport_second", 2, _columns(sport="text", second="text", bets="count", **_MEASURES)
)
_SEGMENT = _same("text", "sport competition market channel region currency")
SEGMENT_PLACED = Table(
    "segment_placed",
    6,
    _columns(
        **_SEGMENT,
        **_same("count", "bets riding_bets"),
        **_same("money", "handle bonus_handle handle_riding expected_payout"),
        **_same("money", "expected_pnl theoretical_pnl cash_out_pnl"),
    ),
)
SEGMENT_SETTLED = Table("segment_settled", 6, _columns(**_SEGMENT, **_SETTLED, revalued="money"))
SELECTION_BOOK = Table(
    "selection_book",
    4,
    _columns(
        **_SELECTION,
        bets="count",
        **_same("money", "handle_riding expected_payout"),
        **_same("money", "payout_win payout_half_win payout_half_lose"),
    ),
)
SELECTION_SCORED = Table(
    "selection_scored",
    8,
    _columns(
        **_SELECTION,
        **_same("text", "sport model_version role"),
        band="money",
        bets="count",
        **_same("money", "p p_squared ln_p ln_not_p"),
    ),
)
_RIDING = {
    **_SELECTION,
    "tickets": "count",
    **_same("money", "handle_riding payout_win product_payout swing"),
}
SELECTION_TICKET = Table("selection_ticket", 4, _columns(**_RIDING))
SELECTION_TICKET_GONE = Table("selection_ticket_gone", 4, _columns(**_RIDING))
SELECTION_RESULT = Table(
    "selection_result",
    4,
    _columns(
        **_SELECTION,
        version="count",
        status="text",
        result="text",
        dead_heat_winners="count",
        dead_heat_tied="count",
        certainty="text",
        settled_at="text",
    ),
)
GAME_SETTLED = Table("game_settled", 1, _columns(game_id="text", **_SETTLED))
TICKET_SETTLED = Table(
    "ticket_settled",
    1,
    _columns(bet_id="text", result="text", **_same("money", "handle payout expected_payout")),
)
GAME_TICKET_SETTLED = Table(
    "game_ticket_settled", 1, _columns(game_id="text", **_SETTLED, revalued="money")
)
GAME_SETTLED_SECOND = Table(
    "game_settled_second", 2, _columns(game_id="text", second="text", **_SETTLED, revalued="money")
)
SELECTION_PRICE = Table(
    "selection_price",
    4,
    _columns(
        **_SELECTION,
        version="count",
        odds="money",
        probability="money",
        model_version="text",
        priced_at="text",
    ),
)
GAME = Table(
    "game",
    1,
    _columns(
        game_id="text",
        version="count",
        **_same("text", "sport competition home away starts_at status"),
        **_same("count", "minute score_home score_away"),
    ),
)
BET_REJECT = Table(
    "bet_reject",
    3,
    _columns(
        topic="text",
        log_partition="count",
        log_offset="count",
        **_same("text", "arrived_at reason excerpt"),
    ),
)
_PNL = {
    **_same("count", "bets settled_bets open_bets"),
    **_same("money", "handle bonus_handle settled_handle open_handle payout"),
    **_same("money", "cash_out_handle cash_out_paid cash_out_pnl"),
    **_same("money", "expected_pnl predicted_pnl theoretical_pnl"),
    **_same("money", "realised_pnl open_expected_pnl total_pnl"),
}
GAME_PNL = Table("game_pnl", 1, _columns(game_id="text", **_PNL))
SPORT_PNL = Table("sport_pnl", 1, _columns(sport="text", games="count", **_PNL))

TABLES: tuple[Table, ...] = (
    BET,
    BET_VERSION,
    BET_RATE,
    FX_RATE,
    MARKET_CANCEL,
    TICKET_LEG,
    GAME_PLACED,
    GAME_MINUTE,
    SPORT_SECOND,
    SEGMENT_PLACED,
    SEGMENT_SETTLED,
    SELECTION_BOOK,
    SELECTION_SCORED,
    SELECTION_TICKET,
    SELECTION_TICKET_GONE,
    SELECTION_RESULT,
    GAME_SETTLED,
    TICKET_SETTLED,
    GAME_TICKET_SETTLED,
    GAME_SETTLED_SECOND,
    SELECTION_PRICE,
    GAME,
    BET_REJECT,
)
VIEWS: tuple[Table, ...] = (GAME_PNL, SPORT_PNL)
