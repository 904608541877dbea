"""The base of every table in a pull's file: what is not known is refused."""

from __future__ import annotations

import difflib
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from betpnl.pull.expressions import Expression


class Strict(BaseModel):
    """A table of the file; frozen. A key that it does not have is named, with the nearest."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        if isinstance(data, dict):
            known = [field.alias or name for name, field in cls.model_fields.items()]
            for key in data:
                if key not in known:
                    raise ValueError(f"{key} is no key{did_you_mean(key, known)}")
        return data


def did_you_mean(name: str, known: list[str]) -> str:
    """The end of a sentence on an unknown name."""
    close = difflib.get_close_matches(str(name), known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def _expression(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("must be a JMESPath expression, as text")
    return Expression(value)


def _zone(value: Any) -> Any:
    if value:
        try:
            ZoneInfo(str(value))
        except (ValueError, OSError, LookupError):
            raise ValueError(f"{value} is no time zone, such as Europe/Malta") from None
    return value


Where = Annotated[Expression, BeforeValidator(_expression)]
Zone = Annotated[str, BeforeValidator(_zone)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)]
