"""The live PNL job: `flink run -py jobs/pnl.py`, or simply `betpnl submit`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from betpnl.job.environment import create_table_environment
from betpnl.job.execution import execute
from betpnl.job.plans import plan_of
from betpnl.settings import Settings
from betpnl.stack import endpoints


def main(argv: Sequence[str] | None = None) -> None:
    """Submit the live PNL job; returns once the cluster has accepted it."""
    settings = Settings.load(argv)
    found = endpoints(settings)
    table_env = create_table_environment(settings, found.kafka_bootstrap)
    plan = plan_of(table_env, settings, found, settings.cache / "plans")
    execute(table_env, plan, settings.buffer_timeout_ms)


if __name__ == "__main__":
    main(sys.argv[1:])
