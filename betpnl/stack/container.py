"""Flink's processes in a container: the same configuration, other addresses.

    python -m betpnl.stack.container jobmanager|taskmanager

Becomes the Flink process itself, so that the container's stop signal reaches it.
"""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import flink_conf, flink_service
from betpnl.stack.memory import private_folder

SCRIPTS = {"jobmanager": "jobmanager.sh", "taskmanager": "taskmanager.sh"}


def main(argv: list[str]) -> None:
    """Write the configuration, then become Flink. Raises UserError for a wrong call."""
    if len(argv) != 1 or argv[0] not in SCRIPTS:
        raise UserError(f"Name one of {', '.join(SCRIPTS)}.")
    settings = Settings.load()
    private_folder(settings.home / "flink")
    conf = settings.home / "flink" / argv[0]
    flink_conf.write(conf, settings, addresses(settings))
    pids = settings.home / "flink" / "pids" / argv[0]
    for folder in (pids, settings.home / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    env = flink_service.environment(settings, conf=conf, pids=pids)
    script = f"{env['FLINK_HOME']}/bin/{SCRIPTS[argv[0]]}"
    env["CONSOLE_LOG_LEVEL"] = "INFO"
    os.execve(script, [script, "start-foreground"], env)


def addresses(settings: Settings) -> dict[str, str]:
    """Where the JobManager of `flink_rest_url` answers; both processes listen to all."""
    parts = urlsplit(settings.flink_rest_url)
    if not parts.hostname:
        raise UserError("Set flink_rest_url to where the JobManager will answer.")
    rest = str(parts.port or 80)
    return {
        "jobmanager.rpc.address": parts.hostname,
        "jobmanager.bind-host": "0.0.0.0",
        "taskmanager.bind-host": "0.0.0.0",
        "rest.address": parts.hostname,
        "rest.bind-address": "0.0.0.0",
        "rest.port": rest,
        "rest.bind-port": rest,
        **flink_conf.folders(settings),
        **flink_conf.python_options(settings, ours=True),
    }


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"betpnl: {error}")
