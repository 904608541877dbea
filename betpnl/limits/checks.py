"""What a limit may say. A fault is a UserError whose sentence begins with the field."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import cast

from betpnl.contract.limits import ID_LENGTH_MAX, LABEL_LENGTH_MAX, LINE_LENGTH_MAX
from betpnl.errors import UserError
from betpnl.limits.records import MEASURES, SCOPES, Measure, Rule, Scope

BOUND_DECIMALS = 4
BOUND_DIGITS_MAX = 26
NOTE_LENGTH_MAX = 255
NAME_LENGTH_MAX = 64

# Written out: `1e400000000` is a short text and a very long number.
_BOUND = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?")
# Half a surrogate pair can be written to no database.
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LENGTHS = {
    "sport": LABEL_LENGTH_MAX,
    "game_id": ID_LENGTH_MAX,
    "market": LABEL_LENGTH_MAX,
    "line": LINE_LENGTH_MAX,
    "note": NOTE_LENGTH_MAX,
}
_NEEDED: dict[Scope, tuple[str, ...]] = {
    "total": (),
    "sport": ("sport",),
    "game": ("game_id",),
    "market": ("game_id", "market"),
}
_WORDS = {"sport": "a sport", "game_id": "a game", "market": "a market"}


def rule(
    *,
    scope: str,
    measure: str,
    bound: str,
    sport: str = "",
    game_id: str = "",
    market: str = "",
    line: str = "",
    note: str = "",
) -> Rule:
    """The limit that somebody typed in; texts that its scope has no use for are left out.

    Raises UserError for the first thing that is wrong.
    """
    known_scope = cast(Scope, _one_of(scope, SCOPES, "scope"))
    known_measure = cast(Measure, _one_of(measure, MEASURES, "measure"))
    if known_scope == "market" and known_measure == "total_pnl":
        raise UserError(
            "measure: a market has no total_pnl; take liability, worst_case or realised_pnl."
        )
    needed = _NEEDED[known_scope]
    given = {"sport": sport, "game_id": game_id, "market": market, "line": line}
    texts = {
        name: value
        for name, value in given.items()
        if name in needed or (name == "line" and known_scope == "market")
    }
    for name, value in {**texts, "note": note}.items():
        _check_text(name, value, _LENGTHS[name])
    for name in needed:
        if not texts[name]:
            raise UserError(f"{name}: a limit of scope {known_scope} needs {_WORDS[name]}.")
    amount = bound_of(bound)
    if known_measure == "liability" and amount < 0:
        raise UserError("bound: liability is never below 0, so its limit cannot be.")
    return Rule(scope=known_scope, measure=known_measure, bound=amount, note=note, **texts)


def bound_of(text: str) -> Decimal:
    """An exact amount in the base currency. Raises UserError."""
    found = _BOUND.fullmatch(text.strip())
    if found is None:
        raise UserError("bound: must be a number such as 2500 or -1250.50.")
    sign, whole, decimals = found[1], found[2].lstrip("0") or "0", (found[3] or "").rstrip("0")
    if len(decimals) > BOUND_DECIMALS:
        raise UserError(f"bound: must have at most {BOUND_DECIMALS} decimals.")
    if len(whole) > BOUND_DIGITS_MAX:
        raise UserError(f"bound: must have at most {BOUND_DIGITS_MAX} digits before the point.")
    amount = Decimal(f"{sign}{whole}.{decimals.ljust(BOUND_DECIMALS, '0')}")
    # There is no -0.
    return amount or abs(amount)


def person(name: str) -> str:
    """Who sets or acknowledges, as it is kept. Raises UserError."""
    _check_text("name", name, NAME_LENGTH_MAX)
    return name


def _one_of(value: str, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise UserError(f"{name}: must be one of {', '.join(known)}.")
    return value


def _check_text(name: str, value: str, length_max: int) -> None:
    if len(value) > length_max:
        raise UserError(f"{name}: must have at most {length_max} characters.")
    if _CONTROL.search(value):
        raise UserError(f"{name}: must not hold control characters.")
