"""An example of each answer, for the OpenAPI."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from betpnl.api.pnl.answers import (
    BetAnswer,
    BetPnl,
    BetVersion,
    Breakdown,
    BreakdownAnswer,
    GameAnswer,
    GameMark,
    GamePnl,
    GamesEvent,
    GamesPage,
    LegPnl,
    MarketPnl,
    SelectionPnl,
    SportPnl,
    SportsAnswer,
)

_AS_OF = "2026-01-05T19:12:40.250Z"
_SUMS: dict[str, Any] = {
    "bets": 2,
    "settled_bets": 0,
    "open_bets": 2,
    "handle": "30.0000",
    "bonus_handle": "0.0000",
    "settled_handle": "0.0000",
    "open_handle": "30.0000",
    "payout": "0.0000",
    "cash_out_handle": "0.0000",
    "cash_out_paid": "0.0000",
    "cash_out_pnl": "0.0000",
    "expected_pnl": "1.4200",
    "predicted_pnl": "-12.5000",
    "theoretical_pnl": "1.5000",
    "realised_pnl": "0.0000",
    "open_expected_pnl": "1.4200",
    "total_pnl": "1.4200",
}
_GAME = GamePnl(
    game_id="match-1",
    sport="football",
    competition="Premier League",
    home="Arsenal",
    away="Chelsea",
    starts_at="2026-01-05T18:30:00.000Z",
    status="live",
    minute=42,
    score_home=1,
    score_away=0,
    worst_case="-17.0000",
    best_case="30.0000",
    liability="17.0000",
    updated_at="2026-01-05T19:12:40.100Z",
    **_SUMS,
)
_MARK = GameMark(
    price_moves="-3.2900",
    result_moves="0.0000",
    marked_pnl="-1.8700",
    open_marked_pnl="-1.8700",
    marked_handle="20.0000",
)
_SELECTION = SelectionPnl(
    selection="home",
    odds="2.3500",
    probability="0.41000000",
    priced_at="2026-01-05T19:12:38.000Z",
    bets=2,
    handle_riding="20.0000",
    expected_payout="19.2700",
    payout_win="47.0000",
    payout_half_win="33.5000",
    payout_half_lose="10.0000",
    tickets=1,
    tickets_handle_riding="5.0000",
    tickets_payout_win="61.5000",
    result=None,
    dead_heat=None,
    settled_at=None,
    payout=None,
    pnl_if_win="-17.0000",
)
_MARKET = MarketPnl(
    market="match_result",
    line="",
    handle_riding="30.0000",
    realised_pnl="0.0000",
    worst_case="-17.0000",
    best_case="30.0000",
    liability="17.0000",
    selections=[_SELECTION],
)
_BET = BetPnl(
    bet_id="bet-1",
    version=1,
    status="accepted",
    accepted_at="2026-01-05T18:29:58.120Z",
    customer_id="customer-7",
    channel="app",
    region="GB",
    currency="EUR",
    fx_rate="1.0000000000",
    stake="10.0000",
    stake_type="cash",
    bet_type="single",
    odds="2.3500",
    p_win="0.41000000",
    model_version="outcome-1",
    handle="10.0000",
    bonus_handle="0.0000",
    handle_riding="10.0000",
    cash_out_handle="0.0000",
    cash_out_paid="0.0000",
    cash_out_pnl="0.0000",
    payout_win="23.5000",
    expected_pnl="0.3650",
    predicted_pnl="10.0000",
    result="lose",
    payout="0.0000",
    open_payout=None,
    open_expected_payout=None,
    terms={},
    realised_pnl="10.0000",
    total_pnl="10.0000",
)
_LEG = LegPnl(
    leg=1,
    game_id="match-1",
    sport="football",
    competition="Premier League",
    market="match_result",
    line="",
    selection="home",
    odds="2.3500",
    part="",
    p_win="0.41000000",
    in_play=False,
    minute=None,
    score_home=None,
    score_away=None,
    result="lose",
    dead_heat=None,
    settled_at="2026-01-05T20:21:07.000Z",
)
_VERSION = BetVersion(
    **{
        name: getattr(_BET, name)
        for name in BetVersion.__struct_fields__
        if name not in ("legs", "adjustment")
    },
    legs=[
        {
            "leg": 1,
            "game_id": "match-1",
            "sport": "football",
            "competition": "Premier League",
            "market": "match_result",
            "selection": "home",
            "odds": 2.35,
        }
    ],
    adjustment=0,
)
_EXAMPLES: tuple[Struct, ...] = (
    GamesPage(as_of=_AS_OF, games=[_GAME], next_cursor=None),
    GameAnswer(as_of=_AS_OF, game=_GAME, mark=_MARK, markets=[_MARKET]),
    SportsAnswer(as_of=_AS_OF, sports=[SportPnl(sport="football", games=1, **_SUMS)]),
    BreakdownAnswer(
        as_of=_AS_OF,
        by=["channel"],
        rows=[
            Breakdown(
                values={"channel": "app"},
                margin="0.047619",
                hold="0.052100",
                **{
                    name: value
                    for name, value in _SUMS.items()
                    if name in Breakdown.__struct_fields__
                },
            )
        ],
        more=False,
    ),
    BetAnswer(as_of=_AS_OF, bet=_BET, legs=[_LEG], versions=[_VERSION]),
)
_EVENT = GamesEvent(as_of=_AS_OF, kind="snapshot", part=1, parts=1, games=[_GAME], removed=[])


ANSWERS: dict[str, dict[str, Any]] = {
    type(example).__name__: msgspec.to_builtins(example) for example in _EXAMPLES
}
"""By the name of the type."""


def stream() -> str:
    """The beginning of a stream."""
    data = msgspec.json.encode(_EVENT).decode()
    return f"id: 9f2c11d0.5ac0eb8e73f6a611.1\r\nevent: games\r\ndata: {data}\r\n\r\n"
