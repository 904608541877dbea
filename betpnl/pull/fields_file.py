"""How a file says where a field of the contract comes from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from betpnl.pull.strict import Strict, Where, Zone
from betpnl.pull.times import Unit


def _short(data: Any) -> Any:
    return {"at": data} if isinstance(data, str) else data


class FieldFrom(Strict):
    """Where one field comes from. A text alone is short for { at = "..." }."""

    at: Where | None = Field(
        None, description="JMESPath on the client's record, or on the item of a list."
    )
    of: Literal["item", "record"] = Field(
        "item", description='In a list\'s fields: "record" looks in the whole record instead.'
    )
    value: Any = Field(None, description="A constant.")
    count: bool = Field(
        False, description="In a list's fields: the item's number, beginning with 1."
    )
    default: Any = Field(None, description="Taken where there is nothing.")
    map: dict[str, Any] | None = Field(
        None,
        description='What stands for what: { WON = "win" }. A value that is not listed stays '
        "as it is. With key, it is the keys that are looked up.",
    )
    otherwise: Any = Field(None, description="With map: taken for all that is not listed.")
    decimals: int | None = Field(
        None,
        ge=1,
        le=12,
        description="An amount in the smallest unit: this many of its digits are decimals; with "
        "2, 1025 is 10.25.",
    )
    as_: Literal["text", "number", "line", "time", "ms", "us"] | None = Field(
        None,
        alias="as",
        description="Turned into: a text (ids that are numbers), a number (numbers that are "
        "texts), a line (2.50 is 2.5), a time of the contract, milliseconds or microseconds since "
        "1970 (a version that is a time).",
    )
    epoch: Unit = Field("ms", description="Unit of a time that is a number.")
    zone: Zone = Field("", description="Time zone of a time without an offset.")
    each: Where | None = Field(
        None, description="A list: JMESPath to it; `fields` then make each item."
    )
    key: Where | None = Field(
        None,
        description="With each and at: an object of prices, each item's key and its value at `at`.",
    )
    fields: dict[str, FieldSpec] | None = Field(
        None, description="Fields of a nested record, each with these same keys."
    )

    @model_validator(mode="after")
    def _one_source(self) -> FieldFrom:
        given = self.model_fields_set
        if self.each is not None:
            if (self.fields is None) == (self.key is None or self.at is None):
                raise ValueError("each needs either fields, or key and at")
            clash = given & {"value", "count"}
        elif self.key is not None:
            raise ValueError("key goes with each only")
        elif self.fields is not None:
            clash = given & {"value", "count"}
        else:
            sources = [name for name in ("at", "value", "count") if name in given]
            if not sources:
                raise ValueError("needs one of at, value, count, each, fields")
            clash = set(sources[1:])
        if clash:
            raise ValueError(f"{min(clash)} does not go with the rest")
        if "otherwise" in given and self.map is None:
            raise ValueError("otherwise goes with map only")
        return self


FieldSpec = Annotated[FieldFrom, BeforeValidator(_short)]
FieldFrom.model_rebuild()
