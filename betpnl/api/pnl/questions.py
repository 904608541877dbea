"""What may be asked about games: each filter typed and bounded, and each order that there is."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from betpnl.api.pnl.breakdowns import Dimension
from betpnl.api.pnl.cursor import LENGTH_MAX, question_of
from betpnl.contract import limits

PAGE_MAX = 1000
IDS_MAX = 500
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


def _in_reach(value: datetime) -> datetime:
    if not _EARLIEST < value < _LATEST:
        raise ValueError("must lie between the years 2000 and 9000")
    return value


Text = Annotated[str, StringConstraints(max_length=limits.ID_LENGTH_MAX)]
Status = Literal["scheduled", "live", "ended", "cancelled"]
Sort = Literal[
    "game_id", "-handle", "handle", "-total_pnl", "total_pnl", "-realised_pnl", "realised_pnl",
    "-expected_pnl", "expected_pnl", "-liability", "liability", "starts_at", "-starts_at",
]  # fmt: skip


class Which(BaseModel):
    """Which games: all of the filters hold; of one that is given several times, any."""

    id: Annotated[
        list[Text], Field(max_length=IDS_MAX, description="Only these games; may be repeated.")
    ] = []
    sport: Annotated[
        list[Text], Field(max_length=50, description="Only these sports; may be repeated.")
    ] = []
    competition: Annotated[
        list[Text], Field(max_length=50, description="Only these; may be repeated.")
    ] = []


class BreakdownQuestion(BaseModel):
    """The parameters of GET /v1/breakdowns."""

    by: Annotated[
        list[Dimension],
        Field(
            min_length=1,
            max_length=6,
            description="What to break down by; given several times, each mix of values is a row.",
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=10_000, description="Most rows.")] = 1000


class GamesQuestion(Which):
    """The parameters of GET /v1/games."""

    status: Annotated[
        list[Status], Field(max_length=4, description="Only games that stand so; may be repeated.")
    ] = []
    open: Annotated[
        bool | None,
        Field(description="true: only games with open bets; false: only those without."),
    ] = None
    min_liability: Annotated[
        Decimal | None,
        Field(ge=0, max_digits=34, decimal_places=4, description="Money at risk of at least this."),
    ] = None
    changed_since: Annotated[
        AwareDatetime | None,
        AfterValidator(lambda value: None if value is None else _in_reach(value)),
        Field(
            description="Only games that changed at this time or later: the as_of of your last "
            "answer. A game written while you asked may come again."
        ),
    ] = None
    sort: Annotated[
        Sort,
        Field(
            description="The order; - is descending. Only by game_id does a walk over the pages "
            "meet each game exactly once while figures move."
        ),
    ] = "game_id"
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX, description="Most games on a page.")] = 100
    cursor: Annotated[
        str | None,
        Field(max_length=LENGTH_MAX, description="next_cursor of the page before."),
    ] = None

    @property
    def fingerprint(self) -> str:
        """The same for every page of one walk."""
        return question_of(self.model_dump(mode="json", exclude={"limit", "cursor"}))

    @property
    def descending(self) -> bool:
        """Whether the greatest comes first."""
        return self.sort.startswith("-")

    @property
    def sorted_by(self) -> str:
        """The field that the order is by."""
        return self.sort.removeprefix("-")
