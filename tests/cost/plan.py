"""Counts of the compiled plan: what each bet has to pass, whatever comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from betpnl.job.statements import FUNCTIONS
from tests.sql.conftest import Plan

_COLUMN = re.compile(r"`[^`]*` ")


def counts(plan: Plan) -> dict[str, float]:
    """Of the whole job, of what bets pass, and of the way to the sum that is watched."""
    (bets,) = (
        number
        for number in plan.of_type("table-source-scan")
        if "bets_log" in plan.nodes[number]["description"]
    )
    of_bets = {number for number in plan.nodes if bets in plan.upstream(number)}
    to_sum = plan.upstream(plan.sink("game_placed")) & of_bets
    exchanges, pythons = set(plan.of_type("exchange")), set(plan.of_type("python-calc"))
    stateful = {number for number, node in plan.nodes.items() if node.get("state")}
    (rank,) = set(plan.of_type("rank")) & to_sum
    found = {
        "operators_to_game_placed": len(to_sum),
        "python_stages": len(pythons),
        "python_stages_to_game_placed": len(pythons & to_sum),
        "exchanges": len(exchanges),
        "exchanges_of_bets": len(exchanges & of_bets),
        "exchanges_to_game_placed": len(exchanges & to_sum),
        "stateful_operators": len(stateful),
        "stateful_operators_of_bets": len(stateful & of_bets),
        "operators_that_take_back": sum(
            bool(node.get("generateUpdateBefore")) for node in plan.nodes.values()
        ),
        "columns_kept_of_a_bet": _width(plan, [rank]),
        "columns_exchanged_of_bets": _width(plan, exchanges & of_bets),
    }
    for function in FUNCTIONS:
        found |= _of_function(plan, pythons, function)
    return {name: float(count) for name, count in found.items()}


def _of_function(plan: Plan, pythons: Iterable[int], function: str) -> dict[str, int]:
    """Columns that a function is given, and those that wait beside it for its answer."""
    given = carried = 0
    for number in pythons:
        for field in plan.nodes[number]["projection"]:
            if field.get("systemName") == function:
                given += len(field["operands"])
                carried += len(plan.nodes[number]["projection"]) - 1
    return {f"columns_to_{function}": given, f"columns_beside_{function}": carried}


def _width(plan: Plan, numbers: Iterable[int]) -> int:
    return sum(len(_COLUMN.findall(plan.nodes[number]["outputType"])) for number in numbers)
