"""Flink's plan of the job, kept: to make it takes half a minute, to read it two seconds."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from pyflink.table import StatementSet, TableEnvironment
from pyflink.table.compiled_plan import CompiledPlan
from pyflink.table.plan_reference import PlanReference
from pyflink.version import __version__ as flink_version

from betpnl.job import environment
from betpnl.job.environment import define, statement_set
from betpnl.job.statements import definitions, inserts, sql_values
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import Endpoints

_KEPT = 5
NOWHERE = Endpoints(
    mysql_host="",
    mysql_port=0,
    mysql_user="",
    mysql_password="",
    mysql_database="",
    mysql_version="",
    mysql_source="",
    kafka_bootstrap="",
    flink_rest_url="",
)
"""For values that do not depend on where services are."""


def plan_of(
    table_env: TableEnvironment, settings: Settings, endpoints: Endpoints, folder: Path
) -> CompiledPlan:
    """The whole job, ready to execute: as it was kept in a folder, or made and kept there.

    A kept plan that cannot be read is made anew. Registers everything that the job names.
    """
    # Tables by name alone: their addresses and passwords stay out of the file.
    table_env.get_config().set("table.plan.compile.catalog-objects", "IDENTIFIER")
    values = sql_values(settings, endpoints)
    define(table_env, definitions(values))
    path = folder / f"{_key(table_env, settings)}.json"
    if path.exists():
        try:
            kept = table_env.load_plan(PlanReference.from_file(str(path)))
            # PyFlink hands it Java's half of the environment, with which it cannot be executed.
            return CompiledPlan(j_compiled_plan=kept._j_compiled_plan, t_env=table_env)
        except Exception as error:  # whatever Java says of a file that is no plan
            print(f"The plan {path} is made anew: {str(error).splitlines()[0]}")
    written = inserts(values, bet_rows=settings.bet_rows)
    plan = compiled(table_env, statement_set(table_env, written))
    try:
        _keep(path, plan.as_json_string())
    except OSError as error:
        print(f"The plan is not kept, so the next start makes it again: {error}")
    return plan


def compiled(table_env: TableEnvironment, statements: StatementSet) -> CompiledPlan:
    """The statements as one plan."""
    # PyFlink has no method of its own for this.
    made: Any = statements._j_statement_set
    return CompiledPlan(j_compiled_plan=made.compilePlan(), t_env=table_env)


def _key(table_env: TableEnvironment, settings: Settings) -> str:
    """What the plan depends on. Where services are is none of it: tables stand there by name."""
    values = sql_values(settings, NOWHERE)
    code = [*sorted((PROJECT / "udfs").glob("*.py")), Path(environment.__file__), Path(__file__)]
    whole = [
        flink_version,
        # Which connectors there are: their tables say what changes they take.
        (PROJECT / "pom.xml").read_text("utf-8"),
        _table_options(table_env),
        [path.read_text("utf-8") for path in code],
        [*definitions(values), *inserts(values, bet_rows=settings.bet_rows)],
    ]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]


def _table_options(table_env: TableEnvironment) -> dict[str, str]:
    """The planner's options: the job's own, over those of the cluster's configuration."""
    config: Any = table_env.get_config()
    root = dict(config._j_table_config.getRootConfiguration().toMap())
    effective = {**root, **config.get_configuration().to_dict()}
    return {name: str(value) for name, value in effective.items() if name.startswith("table.")}


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(text)
    Path(name).replace(path)
    newest_first = sorted(path.parent.glob("*.json"), key=lambda each: -each.stat().st_mtime)
    for old in newest_first[_KEPT:]:
        old.unlink(missing_ok=True)
