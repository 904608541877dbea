"""Submits the plan, with network buffers that wait as long as what they carry may.

A thread looks at each connection between two tasks that often, and wakes the task behind it. Flink
has one option for all of them. What a game's row hangs on must not wait; the other tables are
written a few times a second, so that what is on its way to them may.
"""

from __future__ import annotations

from typing import Any

from pyflink.table import TableEnvironment
from pyflink.table.compiled_plan import CompiledPlan
from pyflink.util.java_utils import get_field_value

from betpnl.job.options import JOB_NAME

HURRIED = "game_placed"
"""The table that traders watch."""


def execute(table_env: TableEnvironment, plan: CompiledPlan, buffer_timeout_ms: int) -> None:
    """Submit a plan as a job; returns once the cluster has accepted it.

    buffer_timeout_ms: of each connection on the way to `HURRIED`; the others keep the job's option.
    """
    # What Flink does when a plan is executed, but for what is set in between: it has no public way
    # to reach a plan's operators.
    any_env: Any = table_env
    any_env._before_execute()
    j_env = any_env._j_tenv
    executor = get_field_value(j_env, "execEnv")
    sinks = sinks_of(table_env, plan)
    hurry(sinks, buffer_timeout_ms)
    executor.executeAsync(
        executor.createPipeline(sinks, j_env.getConfig().getConfiguration(), JOB_NAME)
    )


def sinks_of(table_env: TableEnvironment, plan: CompiledPlan) -> Any:
    """What a plan's job ends in, as Java's transformations, which know what comes before them."""
    planned = get_field_value(plan._j_compiled_plan, "internalPlan")
    return table_env._j_tenv.getPlanner().translatePlan(planned)


def hurry(sinks: Any, buffer_timeout_ms: int) -> None:
    """Let no row wait longer than this in a buffer on its way to `HURRIED`.

    sinks: a plan's, as Java's transformations. Raises ValueError where none is that table's.
    """
    # Flink numbers its operators: game_placed[37].
    found = [sink for sink in sinks if sink.getName().partition("[")[0] == HURRIED]
    if not found:
        raise ValueError(f"the plan writes no table {HURRIED}")
    for sink in found:
        for operator in sink.getTransitivePredecessors():
            operator.setBufferTimeout(buffer_timeout_ms)
