"""Prints the job's compiled plan as JSON; no service has to run for it."""

from __future__ import annotations

from betpnl.job.environment import create_table_environment, define, statement_set
from betpnl.job.plans import compiled
from betpnl.job.statements import definitions, inserts, sql_values
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


def main() -> None:
    """Compile and print."""
    settings = Settings.load()
    values = sql_values(settings, ENDPOINTS)
    table_env = create_table_environment(settings, ENDPOINTS.kafka_bootstrap)
    jars = sorted((settings.cache / "jars" / "flink-lib").glob("*.jar"))
    if not jars:
        raise SystemExit("no connectors in the cache: run `make setup`")
    table_env.get_config().set("pipeline.jars", ";".join(jar.as_uri() for jar in jars))
    define(table_env, definitions(values))
    print(compiled(table_env, statement_set(table_env, inserts(values))).as_json_string())


if __name__ == "__main__":
    main()
