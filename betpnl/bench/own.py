"""A deployment of the benchmark's own, for scenarios that need settings of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql

from betpnl import stack
from betpnl.bench.room import BYTES_PER_BET, check_room
from betpnl.bench.screen import Screen
from betpnl.demo.job import wait_until_running
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.interrupt import interruptible
from betpnl.stack.submission import submit

# Whatever is set for the deployment that the bets of a sportsbook are in, these are not its
# services: the benchmark may fill them, and throw them away.
_APART: dict[str, Any] = {
    "mysql_url": "",
    "kafka_bootstrap": "",
    "flink_rest_url": "",
    "mysql_port": 0,
    "kafka_port": 0,
    "flink_rest_port": 0,
    "mysql_source": None,
}


@contextmanager
def deployment(
    settings: Settings, home: Path | None, bets: int, screen: Screen, **values: Any
) -> Iterator[Settings]:
    """Services with the given settings, without the job; yields what reaches them.

    home: None makes a folder beside the one of `settings`, and removes it with all its data.
    A folder that is named is kept. bets: how many it will hold. Raises UserError when there is
    no room for them.
    """
    beside = settings.home.parent if home is None else home
    beside.mkdir(parents=True, exist_ok=True)
    check_room(beside, bets, BYTES_PER_BET, "lower --bets")
    with interruptible() as uninterruptible:
        folder = home
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix=f"{settings.home.name}-bench-", dir=beside))
        try:
            ours = Settings.load(**{**_APART, **values, "home": folder.resolve()})
            _refuse_used(ours)
            stack.start(ours, report=screen.say)
            try:
                yield ours
            finally:
                uninterruptible()
                # What is removed need not be put in order first.
                stack.stop(ours, kill=home is None, report=screen.say)
        except (UserError, OSError, pymysql.MySQLError) as error:
            if home is not None or not (folder / "logs").exists():
                raise
            kept = settings.home / "bench" / f"{folder.name}-logs"
            shutil.copytree(folder / "logs", kept)
            raise UserError(f"{error} Its services' logs are kept in {kept}.") from None
        finally:
            uninterruptible()
            if home is None:
                shutil.rmtree(folder, ignore_errors=True)


def submitted(settings: Settings, screen: Screen) -> str:
    """Make the tables and submit the job; returns its id before it runs."""
    return submit(settings, report=lambda line: screen.say("job", line))


def until_running(settings: Settings, job: str, screen: Screen) -> None:
    """Wait until every task of the job runs. Raises UserError when it ends or takes too long."""
    url = stack.endpoints(settings).flink_rest_url
    wait_until_running(
        url,
        job,
        settings.home / "logs",
        lambda line: screen.share("job", 0.0, line),
        settings.start_timeout_s,
    )
    screen.share("job", 1.0, "runs")


def _refuse_used(settings: Settings) -> None:
    if any((settings.home / name).exists() for name in ("state", "stack.json")):
        raise UserError(
            f"--home {settings.home} holds a deployment already, whose bets the benchmark's would "
            "be mixed with; name an empty folder, or none."
        )
