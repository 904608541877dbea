"""What is answered, typed once: the OpenAPI schemas are made from these, and so are the answers.

Money is text with four decimals: exact wherever it is read. Times are RFC 3339 in UTC, to the
millisecond. PNL is the operator's, in the base currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

DECIMALS_MIN = 4


def _money(description: str) -> Meta:
    return Meta(
        description=description,
        extra_json_schema={"pattern": r"^-?[0-9]+\.[0-9]{4}$", "examples": ["1250.4000"]},
    )


def _decimal(description: str, example: str) -> Meta:
    return Meta(
        description=description,
        extra_json_schema={"pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": [example]},
    )


def _time(description: str) -> Meta:
    return Meta(
        description=description,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
        extra_json_schema={"format": "date-time", "examples": ["2026-01-05T18:30:00.000Z"]},
    )


AsOf = Annotated[str, _time("When MySQL was asked, by its own clock.")]
Time = Annotated[str, _time("UTC.")]
Money = str
Odds = Annotated[str, _decimal("Decimal odds.", "2.3500")]
Share = Annotated[str, _decimal("0 to 1.", "0.42000000")]
Next = Annotated[str | None, Meta(description="For the parameter cursor; null on the last page.")]


class _Sums(Struct, frozen=True, kw_only=True):
    """The sums of a game, and of a sport."""

    bets: Annotated[int, Meta(description="Bets that count; a ticket once in each of its games.")]
    settled_bets: Annotated[int, Meta(description="Those with a result.")]
    open_bets: Annotated[int, Meta(description="Those still riding without a result.")]
    handle: Annotated[Money, _money("Stakes taken.")]
    bonus_handle: Annotated[Money, _money("Stakes of free bets; no part of handle.")]
    settled_handle: Annotated[Money, _money("Handle riding of what has a result.")]
    open_handle: Annotated[Money, _money("Handle riding of what has none.")]
    payout: Annotated[Money, _money("Paid on what has a result.")]
    cash_out_handle: Annotated[Money, _money("Handle that was cashed out.")]
    cash_out_paid: Annotated[Money, _money("Paid for it.")]
    cash_out_pnl: Annotated[Money, _money("Cashed-out handle - paid.")]
    expected_pnl: Annotated[Money, _money("Mean PNL of all bets, as they were placed.")]
    predicted_pnl: Annotated[Money, _money("PNL if the likeliest selections come.")]
    theoretical_pnl: Annotated[Money, _money("Handle x the market's margin.")]
    realised_pnl: Annotated[Money, _money("Settled handle - payout + cash-out PNL.")]
    open_expected_pnl: Annotated[Money, _money("Mean PNL of what is open.")]
    total_pnl: Annotated[Money, _money("Realised + open expected.")]


class GamePnl(_Sums, frozen=True, kw_only=True):
    """A game: how it stands, its PNL in all parts, and what its open singles may still bring."""

    game_id: str
    sport: Annotated[str, Meta(description="'unknown' until the topic of games has the game.")]
    competition: str | None
    home: str | None
    away: str | None
    starts_at: Time | None
    status: Annotated[
        str | None, Meta(description="scheduled, live, ended or cancelled; null while not known.")
    ]
    minute: int | None
    score_home: int | None
    score_away: int | None
    worst_case: Annotated[Money, _money("Realised + the worst that the open markets can bring.")]
    best_case: Annotated[Money, _money("Realised + the best.")]
    liability: Annotated[Money, _money("Money at risk: -worst case, 0 if that is a gain.")]
    updated_at: Annotated[str, _time("When the game or its sums changed last, by MySQL's clock.")]


class GamesPage(Struct, frozen=True, kw_only=True):
    """One page of games."""

    as_of: AsOf
    games: list[GamePnl]
    next_cursor: Next


class SelectionPnl(Struct, frozen=True, kw_only=True):
    """A selection: its price, the singles on it, and its result."""

    selection: str
    odds: Odds | None
    probability: Annotated[
        Share | None, Meta(description="By the model, as its prices and the game stand.")
    ]
    priced_at: Time | None
    bets: Annotated[int, Meta(description="Singles riding on it.")]
    handle_riding: Annotated[Money, _money("Their handle.")]
    expected_payout: Annotated[Money, _money("What they pay on average.")]
    payout_win: Annotated[Money, _money("What they pay if it wins.")]
    payout_half_win: Annotated[Money, _money("If half of it wins: on a quarter line.")]
    payout_half_lose: Annotated[Money, _money("If half of it loses.")]
    tickets: Annotated[
        int, Meta(description="Open tickets, such as accumulators, with an open leg on it.")
    ]
    tickets_handle_riding: Annotated[
        Money, _money("Their handle, whole: a ticket stands so on each of its open legs.")
    ]
    tickets_payout_win: Annotated[Money, _money("What they pay if all their open legs win.")]
    result: Annotated[
        str | None,
        Meta(description="win, lose, half_win, half_lose, void or push; null while open."),
    ]
    dead_heat: Annotated[
        list[int] | None, Meta(description="[n, d]: pays n/d of a win; null without one.")
    ]
    settled_at: Time | None
    payout: Annotated[Money | None, _money("What they pay by the result; null while open.")]
    pnl_if_win: Annotated[
        Money | None, _money("The market's PNL if this one wins; null once settled.")
    ]


class MarketPnl(Struct, frozen=True, kw_only=True):
    """A market of a game, with all selections that have a price or bets.

    Money is of singles; what hangs on a selection in tickets stands beside it.
    """

    market: str
    line: Annotated[str, Meta(description="'' where the market has none.")]
    handle_riding: Annotated[Money, _money("Handle riding on all of it.")]
    realised_pnl: Annotated[Money, _money("PNL of its selections that are settled.")]
    worst_case: Annotated[Money | None, _money("Its PNL at worst; null once all is settled.")]
    best_case: Annotated[Money | None, _money("Its PNL at best; null once all is settled.")]
    liability: Annotated[Money, _money("Money at risk: -worst case; 0 if that is a gain.")]
    selections: list[SelectionPnl]


class GameMark(Struct, frozen=True, kw_only=True):
    """A game's expected PNL now, and the moves that lead to it from `expected_pnl`.

    expected_pnl + price_moves + result_moves = marked_pnl, to the last decimal.
    """

    price_moves: Annotated[
        Money, _money("What newer prices and scores changed of singles and accumulators.")
    ]
    result_moves: Annotated[Money, _money("What results changed of that.")]
    marked_pnl: Annotated[Money, _money("Mean PNL of all bets, as prices and scores stand now.")]
    open_marked_pnl: Annotated[Money, _money("The same of what is open.")]
    marked_handle: Annotated[Money, _money("Open handle of singles that have a price.")]


class GameAnswer(Struct, frozen=True, kw_only=True):
    """A game with its markets."""

    as_of: AsOf
    game: GamePnl
    mark: GameMark
    markets: list[MarketPnl]


class SportPnl(_Sums, frozen=True, kw_only=True):
    """A sport: the sums over its games."""

    sport: Annotated[str, Meta(description="'unknown' for games that no record names.")]
    games: Annotated[int, Meta(description="Games that were ever bet on.")]


class SportsAnswer(Struct, frozen=True, kw_only=True):
    """All sports."""

    as_of: AsOf
    sports: list[SportPnl]


class Breakdown(Struct, frozen=True, kw_only=True):
    """The bets of one value, or of one mix of values. A ticket's money is split among its legs."""

    values: Annotated[dict[str, str], Meta(description="By the name of what was asked.")]
    bets: Annotated[
        int, Meta(description="Bets that count; a ticket once, where its first leg belongs.")
    ]
    settled_bets: Annotated[int, Meta(description="Those with a result.")]
    open_bets: Annotated[int, Meta(description="Those still riding without a result.")]
    handle: Annotated[Money, _money("Stakes taken.")]
    bonus_handle: Annotated[Money, _money("Stakes of free bets; no part of handle.")]
    settled_handle: Annotated[Money, _money("Handle riding of what has a result.")]
    open_handle: Annotated[Money, _money("Handle riding of what has none.")]
    payout: Annotated[Money, _money("Paid on what has a result.")]
    cash_out_pnl: Annotated[Money, _money("Cashed-out handle - paid.")]
    expected_pnl: Annotated[Money, _money("Mean PNL of all bets, as they were placed.")]
    theoretical_pnl: Annotated[Money, _money("Handle x the market's margin.")]
    realised_pnl: Annotated[Money, _money("Settled handle - payout + cash-out PNL.")]
    open_expected_pnl: Annotated[Money, _money("Mean PNL of what is open.")]
    total_pnl: Annotated[Money, _money("Realised + open expected.")]
    margin: Annotated[
        str | None, _decimal("Theoretical PNL / handle; null without a handle.", "0.047619")
    ]
    hold: Annotated[
        str | None,
        _decimal("Kept of the settled handle; null before anything is settled.", "0.052100"),
    ]


class BreakdownAnswer(Struct, frozen=True, kw_only=True):
    """A breakdown, the largest handle first."""

    as_of: AsOf
    by: list[str]
    rows: list[Breakdown]
    more: Annotated[bool, Meta(description="Whether there are more rows than were asked for.")]


class LegPnl(Struct, frozen=True, kw_only=True):
    """A leg as the bet's newest version has it, with its result."""

    leg: int
    game_id: str
    sport: str
    competition: str
    market: str
    line: str
    selection: str
    odds: Odds
    part: Annotated[
        str, Meta(description="Of an each-way bet: win or place, each with its odds; else ''.")
    ]
    p_win: Annotated[str, _decimal("Probability that it wins, as scored.", "0.42000000")]
    in_play: bool
    minute: int | None
    score_home: int | None
    score_away: int | None
    result: Annotated[str | None, Meta(description="Null while the selection is open.")]
    dead_heat: Annotated[list[int] | None, Meta(description="[n, d]; null without one.")]
    settled_at: Time | None


class BetPnl(Struct, frozen=True, kw_only=True):
    """A bet's newest version, its figures and its result."""

    bet_id: str
    version: int
    status: Annotated[str, Meta(description="accepted, rejected, cancelled or cashed_out.")]
    accepted_at: Time
    customer_id: str
    channel: str
    region: str
    currency: str
    fx_rate: Annotated[str, _decimal("Base currency for one unit of the bet's.", "1.08")]
    stake: Annotated[str, _decimal("In the bet's currency.", "10.000")]
    stake_type: Annotated[str, Meta(description="cash, free or bonus.")]
    bet_type: str
    odds: Annotated[str, _decimal("Of all legs together.", "2.3500")]
    p_win: Annotated[str, _decimal("Probability that it wins, as scored.", "0.42000000")]
    model_version: str
    handle: Annotated[Money, _money("Stake taken.")]
    bonus_handle: Annotated[Money, _money("Stake of a free bet.")]
    handle_riding: Annotated[Money, _money("Handle - cashed-out handle.")]
    cash_out_handle: Annotated[Money, _money("Handle cashed out so far.")]
    cash_out_paid: Annotated[Money, _money("Paid for it.")]
    cash_out_pnl: Annotated[Money, _money("Cashed-out handle - paid.")]
    payout_win: Annotated[Money, _money("What it pays if it wins.")]
    expected_pnl: Annotated[Money, _money("Mean PNL as placed.")]
    predicted_pnl: Annotated[Money, _money("PNL if the likeliest comes.")]
    result: Annotated[
        str | None,
        Meta(
            description="A single's: win, lose, half_win, half_lose, void, push; a ticket's: won, "
            "lost, void; null while open."
        ),
    ]
    payout: Annotated[Money | None, _money("What it paid; null while open.")]
    open_payout: Annotated[
        Money | None, _money("What it pays if all that is open wins; null once it has its result.")
    ]
    open_expected_payout: Annotated[
        Money | None, _money("What it pays on average, as its legs' results stand; null as above.")
    ]
    terms: Annotated[
        dict[str, Any],
        Meta(
            description="What the record says beside: system, each_way, cash_out, odds of a bet "
            "builder, fx_rate and status where they count as others."
        ),
    ]
    realised_pnl: Annotated[Money, _money("Handle riding - payout + cash-out PNL.")]
    total_pnl: Annotated[Money, _money("Realised, or expected while open.")]


class BetVersion(Struct, frozen=True, kw_only=True):
    """A version of a bet."""

    version: int
    status: str
    accepted_at: Time
    currency: str
    fx_rate: Annotated[str, _decimal("Base currency for one unit of the bet's.", "1.08")]
    stake: Annotated[str, _decimal("In the bet's currency.", "10.000")]
    stake_type: str
    bet_type: str
    p_win: Annotated[str, _decimal("As scored when this version came.", "0.42000000")]
    model_version: str
    handle: Annotated[Money, _money("Stake taken.")]
    cash_out_handle: Annotated[Money, _money("Handle cashed out so far.")]
    cash_out_paid: Annotated[Money, _money("Paid for it.")]
    payout_win: Annotated[Money, _money("What it pays if it wins.")]
    expected_pnl: Annotated[Money, _money("Mean PNL.")]
    legs: Annotated[list[dict[str, Any]], Meta(description="As the record has them.")]
    terms: Annotated[dict[str, Any], Meta(description="What the record says beside.")]
    adjustment: Annotated[
        int,
        Meta(description="0 as the client sent it, then its copies after a rate or a cancel."),
    ]


class BetAnswer(Struct, frozen=True, kw_only=True):
    """A bet, its legs, and every version of it, newest first."""

    as_of: AsOf
    bet: BetPnl
    legs: list[LegPnl]
    versions: list[BetVersion]


class GamesEvent(Struct, frozen=True, kw_only=True):
    """Data of the stream's event `games`."""

    as_of: AsOf
    kind: Annotated[
        str,
        Meta(description="snapshot: forget all games that you hold; changes: these are newer."),
    ]
    part: Annotated[int, Meta(description="From 1: a snapshot comes in parts.")]
    parts: int
    games: list[GamePnl]
    removed: Annotated[list[str], Meta(description="Ids of games that are there no more.")]


class StaleEvent(Struct, frozen=True, kw_only=True):
    """Data of the stream's event `stale`: the figures you hold are getting old."""

    reason: str
    as_of: Annotated[AsOf | None, Meta(description="Of the newest figures; null before any.")]


TYPES: tuple[type[Struct], ...] = (
    GamesPage,
    GameAnswer,
    SportsAnswer,
    BreakdownAnswer,
    BetAnswer,
    GamesEvent,
    StaleEvent,
)


def encode(answer: Struct) -> bytes:
    """The JSON of an answer."""
    return msgspec.json.encode(answer)


def time_text(value: datetime) -> str:
    """A time of MySQL, UTC without an offset, as RFC 3339."""
    return f"{value.isoformat(timespec='milliseconds')}Z"


def decimal_text(value: Decimal) -> str:
    """Exactly this number, never with an exponent, with four decimals or all that it has."""
    if DECIMALS_MIN + int(value.as_tuple().exponent) >= 0:
        return format(value, f".{DECIMALS_MIN}f")
    return format(value, "f")


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of MySQL as the types want it: decimals and times as text."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    return time_text(value) if isinstance(value, datetime) else value
