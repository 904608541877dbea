"""What the planner has each bet pass stays within the budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.cost.plan import counts
from tests.sql.conftest import Plan


def test_the_plan_grows_no_stage_no_exchange_and_no_column_unseen(
    plan: Plan, within_budget: Callable[[str, Mapping[str, float]], None]
) -> None:
    within_budget("plan", counts(plan))
