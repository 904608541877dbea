"""How a file says the way through a list."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from betpnl.pull.strict import Name, Seconds, Strict, Where, Zone
from betpnl.pull.times import Unit, to_micros

Size = Annotated[int, Field(ge=1, le=100_000)]


class _Sized(Strict):
    size_parameter: Name | None = Field(
        None, description="Parameter that asks for a page's size; none is sent if left out."
    )
    size: Size | None = Field(None, description="Most records that a page may have.")

    @model_validator(mode="after")
    def _size_is_there(self) -> Self:
        if self.size_parameter is not None and self.size is None:
            raise ValueError("size is missing beside size_parameter")
        return self

    def size_parameters(self) -> dict[str, str]:
        """What asks for the size."""
        return {} if self.size_parameter is None else {self.size_parameter: str(self.size)}


class CursorPaging(_Sized):
    """Each answer names the cursor of the next page."""

    kind: Literal["cursor"] = Field(description="Each answer names the cursor of the next page.")
    parameter: Name = Field(description="Parameter in which the cursor is sent.")
    next: Where = Field(description="Where the next cursor stands in the answer.")
    more: Where | None = Field(
        None, description="What is true in the answer as long as there are more pages."
    )
    first: str | None = Field(
        None, description="Cursor of the first page; if left out, none is sent for it."
    )


class NextPaging(_Sized):
    """Each answer holds the address of the next page."""

    kind: Literal["next"] = Field(description="Each answer holds the address of the next page.")
    next: Where | None = Field(
        None,
        description="Where the address stands in the answer; if left out, in the header "
        'Link with rel="next".',
    )
    origins: list[str] = Field(
        [],
        description="Other origins that an address may lead to, such as https://eu.example.com; "
        "they are sent the credentials.",
    )


class PagePaging(_Sized):
    """Pages have numbers, or begin at an offset."""

    kind: Literal["page"] = Field(description="Pages have numbers, or begin at an offset.")
    parameter: Name = Field(description="Parameter in which the number or offset is sent.")
    unit: Literal["page", "offset"] = Field(
        "page", description="Whether the parameter counts pages or records."
    )
    first: int = Field(1, ge=0, description="Number of the first page; 0 for offsets.")
    overlap: int = Field(
        0,
        ge=0,
        le=1000,
        description="Records of a page that are read again with the next one, so that none slips "
        "through when others are removed meanwhile. For offsets.",
    )
    more: Where | None = Field(
        None,
        description="What is true in the answer as long as there are more pages; if left out, an "
        "empty page is the end.",
    )
    newest_first: bool = Field(
        False,
        description="Whether the list begins with the newest. Between two readings of the whole "
        "list, only its beginning is then read, up to a page that is known.",
    )
    sweep_s: Seconds = Field(
        600, description="The whole list is read again this long after it was last begun, seconds."
    )

    @model_validator(mode="after")
    def _fits(self) -> PagePaging:
        if self.overlap and self.unit != "offset":
            raise ValueError('overlap goes with unit = "offset" only')
        if self.size is not None and self.overlap >= self.size:
            raise ValueError("overlap must be less than size")
        return self


class SincePaging(_Sized):
    """The answer holds what changed since a time or number."""

    kind: Literal["since"] = Field(
        description="An answer holds what changed since a time or number."
    )
    parameter: Name = Field(description="Parameter in which the time or number is sent.")
    field: Where = Field(description="Where a record says its time or number.")
    type: Literal["time", "number"] = Field(description="What it is.")
    start: str | int | Decimal | None = Field(
        None, description="Where to begin; if left out, the first request has no such parameter."
    )
    overlap: float = Field(
        ge=0,
        le=31_536_000,
        description="How far each reading goes back behind the highest value seen: seconds, or a "
        "count. What becomes visible later than this after its time is missed.",
    )
    size: int | None = Field(
        None,
        ge=0,
        le=100_000,
        description="Most records that the API puts into one answer, 0 if it always gives all. "
        "Such an answer must be sorted, oldest first. Not needed with `inner`.",
    )
    inclusive: bool = Field(
        False,
        description="Whether the API gives records of exactly that time or number as well.",
    )
    format: Literal["iso", "s", "ms"] = Field("iso", description="How a time is sent.")
    epoch: Unit = Field("ms", description="Unit of a record's time where it is a number.")
    zone: Zone = Field("", description="Time zone of a record's time without an offset.")
    inner: Annotated[CursorPaging | NextPaging | PagePaging, Field(discriminator="kind")] | None = (
        Field(None, description="How to page through one answer; the keys of that kind.")
    )

    @model_validator(mode="after")
    def _fits(self) -> SincePaging:
        if (self.size is None) == (self.inner is None):
            raise ValueError(
                "needs either size, the most records in one answer (0 if it always gives all), or "
                "inner, how one answer is paged"
            )
        if self.size_parameter is not None and not self.size:
            raise ValueError("size_parameter needs a size above 0")
        if self.inner is not None and self.type == "number":
            raise ValueError('inner goes with type = "time" only')
        if self.type == "number" and self.size and self.overlap >= self.size:
            raise ValueError("overlap must be less than size")
        if isinstance(self.inner, PagePaging) and self.inner.newest_first:
            raise ValueError("inner.newest_first does not go with since: each answer is read whole")
        if self.start is not None and self.type == "time":
            try:
                to_micros(self.start, self.epoch, self.zone)
            except ValueError as error:
                raise ValueError(f"start {error}") from None
        if self.start is not None and self.type == "number":
            try:
                Decimal(self.start)
            except ArithmeticError:
                raise ValueError("start is no number") from None
        return self


Paging = Annotated[
    CursorPaging | NextPaging | PagePaging | SincePaging, Field(discriminator="kind")
]
