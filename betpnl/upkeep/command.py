"""`betpnl upkeep`: what is done beside the job."""

from __future__ import annotations

import logging
import threading

import typer

from betpnl.settings import Settings


def upkeep() -> None:
    """Do what is to be done beside the job, until Ctrl-C; `betpnl up` runs it by itself.

    A bet that came before the exchange rate it needs, before a rate was corrected, or before its
    market was called off (or on again), is published once more as it must count. What games can
    still bring is worked out, and what is old enough is archived. One process is enough for a
    deployment. MySQL and Kafka may be away for a while.
    """
    from betpnl.stack.interrupt import interruptible
    from betpnl.stack.memory import exclusive
    from betpnl.upkeep.making import duties
    from betpnl.upkeep.runner import Runner
    from betpnl.upkeep.state import State, folder

    settings = Settings.load()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    home = folder(settings)
    home.mkdir(parents=True, exist_ok=True)
    try:
        with (
            exclusive(home / "upkeep.lock", f"Another `betpnl upkeep` runs in {settings.home}."),
            interruptible(),
        ):
            runner = Runner(duties(settings), State(home / "state.json").problem)
            runner.start()
            try:
                threading.Event().wait()
            finally:
                runner.stop()
    except KeyboardInterrupt:
        raise typer.Exit from None
