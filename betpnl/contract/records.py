"""The records of the contract: what a client sends, over HTTP and in Kafka alike.

Every record is a complete snapshot with a ``version`` that grows with each change: the newest
version is the truth, the same version twice counts once, an older one that comes late changes
nothing. Field types and simple bounds stand here and in the JSON Schema made from them; what a
schema cannot say stands in ``checks``.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

from betpnl.contract import limits


def _text(length_min: int, length_max: int, description: str) -> Meta:
    return Meta(
        min_length=length_min,
        max_length=length_max,
        description=description,
        # Control characters separate keys in Kafka and fields inside packed texts. ``checks``
        # looks for them: a pattern here would cost each bet more than all its other decoding.
        extra_json_schema={"pattern": r"^[^\u0000-\u001f]*$"},
    )


def _amount(description: str, **bounds: object) -> Meta:
    return Meta(description=description, extra_json_schema=bounds)


Version = Annotated[
    int,
    Meta(ge=0, le=limits.VERSION_MAX, description="Grows with each change of the record."),
]
Timestamp = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset.")]
BetId = Annotated[str, _text(1, limits.ID_LENGTH_MAX, "The bet's id, unique for ever.")]
GameId = Annotated[str, _text(1, limits.ID_LENGTH_MAX, "The game's id.")]
Sport = Annotated[str, _text(1, limits.LABEL_LENGTH_MAX, "Sport, such as football.")]
Competition = Annotated[str, _text(0, limits.LABEL_LENGTH_MAX, "Competition; '' if unknown.")]
Market = Annotated[str, _text(1, limits.ID_LENGTH_MAX, "Market, such as match_result.")]
Selection = Annotated[str, _text(1, limits.ID_LENGTH_MAX, "Selection, such as home.")]
Line = Annotated[
    str,
    Meta(
        max_length=limits.LINE_LENGTH_MAX,
        pattern=r"^(-?(0|[1-9][0-9]{0,7})(\.[0-9]{0,5}[1-9])?)?\Z",
        description="'' where a market has none, else canonical decimal text: 2.5, never 2.50.",
        extra_json_schema={"pattern": r"^(-?(0|[1-9][0-9]{0,7})(\.[0-9]{0,5}[1-9])?)?$"},
    ),
]
Label = Annotated[str, _text(0, limits.LABEL_LENGTH_MAX, "A label to break figures down by.")]
Currency = Annotated[
    str,
    Meta(description="ISO 4217 code.", extra_json_schema={"pattern": "^[A-Z]{3}$"}),
]
Odds = Annotated[
    Decimal,
    _amount("Decimal odds: what one unit pays back, stake included.", exclusiveMinimum=1),
]
# The model's input and nothing else, so a double will do.
ModelOdds = Annotated[
    dict[Annotated[str, Meta(max_length=limits.ID_LENGTH_MAX)], float],
    Meta(
        max_length=limits.SELECTIONS_MAX,
        description="Decimal odds of every selection of the market, by selection.",
    ),
]
Score = Annotated[int, Meta(ge=0, le=10_000)]
Minute = Annotated[int, Meta(ge=0, le=10_000, description="Minutes played.")]


class Leg(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One prediction of a bet, priced at the moment the bet was accepted."""

    leg: Annotated[int, Meta(ge=1, le=limits.LEGS_MAX, description="1, 2, ... within the bet.")]
    game_id: GameId
    sport: Sport
    competition: Competition = ""
    market: Market
    line: Line = ""
    selection: Selection
    odds: Odds
    in_play: bool = False
    minute: Minute | None = None
    score_home: Score | None = None
    score_away: Score | None = None
    market_odds: ModelOdds | None = None
    pre_match_odds: ModelOdds | None = None


class System(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A system bet: each choice of so many of its legs, with all the bankers, is a line."""

    sizes: Annotated[
        list[
            Annotated[
                int,
                Meta(
                    ge=1,
                    le=limits.LEGS_MAX,
                    description="How many of the legs that are no bankers make a line.",
                ),
            ]
        ],
        Meta(min_length=1),
    ]
    bankers: list[
        Annotated[
            int,
            Meta(ge=1, le=limits.LEGS_MAX, description="The number of a leg that is in each line."),
        ]
    ] = []


class EachWay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An each-way bet: half the stake to win, half to be placed, at 1 + (odds - 1) x fraction."""

    fraction: Annotated[
        Decimal,
        _amount("Share of the win odds that a place pays.", exclusiveMinimum=0, maximum=1),
    ]
    market: Market = "place"


class CashOut(Struct, frozen=True, kw_only=True):
    """What has been cashed out so far; both figures are cumulative."""

    fraction: Annotated[Decimal, _amount("Share of the stake, 0 to 1.", minimum=0, maximum=1)]
    amount: Annotated[Decimal, _amount("Paid for it, in the bet's currency.", minimum=0)]


class Adjustment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What betpnl itself says of a version: whether its market was called off, and its rate.

    Only `betpnl upkeep` writes it; a client's record that brings one is refused.
    """

    number: Annotated[int, Meta(ge=1, description="Orders the copies of one version.")]
    cancelled: bool = False
    fx_rate: Annotated[Decimal, _amount("The rate at acceptance.", exclusiveMinimum=0)] | None = (
        None
    )


class Bet(Struct, frozen=True, kw_only=True):
    """A bet as it stands after its newest change."""

    bet_id: BetId
    version: Version
    status: Literal["accepted", "rejected", "cancelled", "cashed_out"]
    accepted_at: Timestamp
    customer_id: Annotated[str, _text(0, limits.ID_LENGTH_MAX, "The customer's id.")] = ""
    channel: Label = ""
    region: Label = ""
    currency: Currency
    fx_rate: (
        Annotated[
            Decimal, _amount("Units of the base currency for one of this.", exclusiveMinimum=0)
        ]
        | None
    ) = None
    stake: Annotated[
        Decimal, _amount("In the bet's currency, over the whole bet.", exclusiveMinimum=0)
    ]
    stake_type: Literal["cash", "free", "bonus"] = "cash"
    bet_type: Literal["single", "accumulator", "system", "each_way", "bet_builder"] = "single"
    odds: (
        Annotated[
            Decimal, _amount("Of a bet builder: decimal, all legs together.", exclusiveMinimum=1)
        ]
        | None
    ) = None
    system: System | None = None
    each_way: EachWay | None = None
    cash_out: CashOut | None = None
    adjustment: Adjustment | None = None
    legs: Annotated[list[Leg], Meta(min_length=1, max_length=limits.LEGS_MAX)]


class Result(Struct, frozen=True, kw_only=True):
    """How one selection ended; a newer version may say otherwise, or undo it."""

    game_id: GameId
    market: Market
    line: Line = ""
    selection: Selection
    version: Version
    status: Literal["settled", "rolled_back"] = "settled"
    result: Literal["win", "lose", "half_win", "half_lose", "void", "push"] | None = None
    dead_heat: (
        Annotated[
            list[Annotated[int, Meta(ge=1, le=1000)]],
            Meta(min_length=2, max_length=2, description="Winners' places over those tied."),
        ]
        | None
    ) = None
    certainty: Annotated[str, _text(0, limits.LABEL_LENGTH_MAX, "live or confirmed.")] = ""
    settled_at: Timestamp


class MarketCancel(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A market called off for a period: the bets accepted within it are void."""

    game_id: GameId
    market: Market
    line: Line = ""
    version: Version
    # 'from' is a word of Python.
    from_: Timestamp | None = None
    to: Timestamp | None = None
    status: Literal["cancelled", "rolled_back"] = "cancelled"


class MarketOdds(Struct, frozen=True, kw_only=True):
    """The prices of a whole market at one moment."""

    game_id: GameId
    market: Market
    line: Line = ""
    version: Version
    at: Timestamp
    prices: Annotated[dict[Selection, Odds], Meta(max_length=limits.SELECTIONS_MAX)]


class Game(Struct, frozen=True, kw_only=True):
    """A game: who plays, when, and how it stands."""

    game_id: GameId
    version: Version
    sport: Sport
    competition: Competition = ""
    home: Label = ""
    away: Label = ""
    starts_at: Timestamp | None = None
    status: Literal["scheduled", "live", "ended", "cancelled"] = "scheduled"
    minute: Minute | None = None
    score_home: Score | None = None
    score_away: Score | None = None


class FxRate(Struct, frozen=True, kw_only=True):
    """What one unit of a currency is worth in the base currency from a moment on."""

    currency: Currency
    version: Version
    rate: Annotated[Decimal, _amount("Units of the base currency.", exclusiveMinimum=0)]
    valid_from: Timestamp


Record = Bet | Result | MarketCancel | MarketOdds | Game | FxRate
