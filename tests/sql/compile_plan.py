"""Makes the job's plan in a folder and reads it again; no service has to run for it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyflink.table import TableEnvironment

from betpnl.job.environment import create_table_environment
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


def environment(settings: Settings) -> TableEnvironment:
    """One that knows the connectors, as a cluster does."""
    table_env = create_table_environment(settings, ENDPOINTS.kafka_bootstrap)
    jars = sorted((settings.cache / "jars" / "flink-lib").glob("*.jar"))
    if not jars:
        raise SystemExit("no connectors in the cache: run `make setup`")
    table_env.get_config().set("pipeline.jars", ";".join(jar.as_uri() for jar in jars))
    return table_env


def main(folder: Path) -> None:
    """Print the plan as it is made, and as it is read in another session."""
    settings = Settings.load()
    plans = [
        plan_of(environment(settings), settings, ENDPOINTS, folder).as_json_string()
        for _ in range(2)
    ]
    print(json.dumps(plans))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
