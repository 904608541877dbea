"""Makes the job's plan in a folder, reads it again, and what would be submitted of it.

No service has to run for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyflink.table import TableEnvironment
from pyflink.table.compiled_plan import CompiledPlan

from betpnl.job.environment import create_table_environment
from betpnl.job.execution import hurry, sinks_of
from betpnl.job.plans import plan_of
from betpnl.settings import Settings
from betpnl.stack import Endpoints

ENDPOINTS = Endpoints(
    mysql_host="nowhere",
    mysql_port=3306,
    mysql_user="user",
    mysql_password="it's secret",
    mysql_database="betpnl",
    mysql_version="",
    mysql_source="",
    kafka_bootstrap="nowhere:9092",
    flink_rest_url="",
)
HURRIED_MS = 7


def environment(settings: Settings) -> TableEnvironment:
    """One that knows the connectors, as a cluster does."""
    table_env = create_table_environment(settings, ENDPOINTS.kafka_bootstrap)
    jars = sorted((settings.cache / "jars" / "flink-lib").glob("*.jar"))
    if not jars:
        raise SystemExit("no connectors in the cache: run `make setup`")
    table_env.get_config().set("pipeline.jars", ";".join(jar.as_uri() for jar in jars))
    return table_env


def buffer_timeouts_ms(table_env: TableEnvironment, plan: CompiledPlan) -> dict[str, int]:
    """Of all operators by Flink's name and number, as the job is submitted with; -1: its option."""
    sinks = sinks_of(table_env, plan)
    hurry(sinks, HURRIED_MS)
    return {
        operator.getName(): operator.getBufferTimeout()
        for sink in sinks
        for operator in sink.getTransitivePredecessors()
    }


def main(folder: Path) -> None:
    """Print the plan as it is made, and as it is read in another session."""
    settings = Settings.load()
    table_envs = [environment(settings) for _ in range(2)]
    plans = [plan_of(each, settings, ENDPOINTS, folder) for each in table_envs]
    texts = [plan.as_json_string() for plan in plans]
    print(json.dumps([*texts, buffer_timeouts_ms(table_envs[1], plans[1])]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
