"""Prints what Flink's planner works out of sql/33_scored_single.sql for singles that are given.

Constants are worked out while a query is planned, by the code that would run: no job is needed.
Reads [odds, p, bets] as JSON, prints for each the projection of the champion's row.
"""

from __future__ import annotations

import json
import re
import sys

from pyflink.table import EnvironmentSettings, TableEnvironment

from betpnl.job.statements import SQL, statement


def main() -> None:
    """Plan one query for each single."""
    scored = statement(SQL / "33_scored_single.sql", {})
    projections = []
    for odds, p, bets in json.load(sys.stdin):
        table_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        table_env.execute_sql(
            "CREATE TEMPORARY VIEW single_leg AS SELECT 'g' AS game_id, 'm' AS market, '' AS line, "
            f"'s' AS selection, 'f' AS sport, CAST('{odds}' AS DECIMAL(20,4)) AS odds, "
            f"CAST({bets} AS BIGINT) AS bets, 'model' AS model_version, "
            f"CAST('{p}' AS DECIMAL(9,8)) AS p_win, '{p}other' AS challenge"
        )
        table_env.execute_sql(scored)
        plan = table_env.explain_sql(
            "SELECT model_version, band, bets, p, p_squared, ln_p, ln_not_p FROM scored_single"
        ).partition("Optimized Execution Plan")[2]
        projections.append(re.findall(r"select=\[(.*)\]", plan))
    print(json.dumps(projections))


if __name__ == "__main__":
    main()
