"""A table environment that knows the job's functions, topics, views and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyflink.table import EnvironmentSettings, StatementSet, TableEnvironment

from betpnl.job.options import job_options
from betpnl.settings import Settings


def create_table_environment(settings: Settings, kafka_bootstrap: str) -> TableEnvironment:
    """A streaming environment with the job's options; nothing is registered in it yet."""
    table_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    config = table_env.get_config()
    for key, value in job_options(settings, kafka_bootstrap).items():
        config.set(key, value)
    return table_env


_VIEW = re.compile(r"CREATE TEMPORARY VIEW (\w+) AS\s+(.*)", re.DOTALL)


def define(table_env: TableEnvironment, definitions: Iterable[str]) -> None:
    """Run the statements that only define something.

    A view with an UNNEST is registered by its tree. By its text each use of it would be parsed
    anew, and the UNNEST numbered anew: the planner could not see that they are one. The other
    views are registered by their text, so that each use keeps only the columns it needs.
    """
    for definition in definitions:
        view = _VIEW.fullmatch(definition)
        if view is None or "UNNEST(" not in definition:
            table_env.execute_sql(definition)
        else:
            table_env.create_temporary_view(view[1], table_env.sql_query(view[2]))


def statement_set(table_env: TableEnvironment, inserts: Iterable[str]) -> StatementSet:
    """All inserts as one job with one plan."""
    statements = table_env.create_statement_set()
    for insert in inserts:
        statements.add_insert_sql(insert)
    return statements
