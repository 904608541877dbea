"""Waits until the job has passed the stated offsets.

Flink's Kafka source commits its offsets when a checkpoint completes, and for a checkpoint every
sink has to have written what came before: what is committed stands in MySQL.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from betpnl.errors import UserError
from betpnl.stack import checkpoint, flink_rest
from betpnl.verify.log import Log, Offsets

_LOOK_EVERY_S = 0.25
# The next regular checkpoint may be half a minute away. Each costs the job something, though,
# and one that still has much to read would commit little.
_CHECKPOINT_EVERY_S = 5.0
_CHECKPOINT_MAX_S = 30.0


def behind(until: Offsets, committed: Offsets) -> dict[str, int]:
    """By topic how many messages below ``until`` are not committed; empty when all are.

    A partition without messages has nothing to be passed.
    """
    lag = {
        topic: sum(
            max(0, stop - max(0, done)) for stop, done in zip(stops, committed[topic], strict=True)
        )
        for topic, stops in until.items()
    }
    return {topic: count for topic, count in lag.items() if count}


def lag_text(lag: dict[str, int]) -> str:
    """The lag in words."""
    return ", ".join(f"{count:,} of {topic}" for topic, count in lag.items())


def wait_until_passed(
    log: Log, until: Offsets, flink_rest_url: str, timeout_s: float, report: Callable[[str], None]
) -> None:
    """Return once the job has written everything below ``until``; report: told what is missing.

    Asks the job for a checkpoint now and then, rather than wait for the next one.

    Raises UserError when the deadline passes, or at once when no job runs that could catch up.
    """
    deadline = time.monotonic() + timeout_s
    next_checkpoint = time.monotonic()
    while True:
        lag = behind(until, log.committed(until))
        job = flink_rest.live_job(flink_rest_url)
        fresh = job is not None and _checkpoints(flink_rest_url, job) == 0
        if not lag and not fresh:
            return
        missing = lag_text(lag) if lag else "its first checkpoint"
        if job is None and flink_rest.overview(flink_rest_url) is not None:
            raise UserError(
                f"No job runs in Flink at {flink_rest_url}, and {missing} has not been written: "
                "start it with `betpnl submit`."
            )
        state = "Flink does not answer" if job is None else f"the job is {job['state']}"
        if time.monotonic() > deadline:
            raise UserError(
                f"The job has not passed the stated offsets within {timeout_s:g} s ({state}); "
                f"still missing: {missing}. Wait longer with --timeout-s."
            )
        report(f"{missing} to be written; {state}")
        if job is not None and time.monotonic() >= next_checkpoint:
            left_s = min(deadline - time.monotonic(), _CHECKPOINT_MAX_S)
            checkpoint.take(flink_rest_url, str(job["jid"]), left_s)
            next_checkpoint = time.monotonic() + _CHECKPOINT_EVERY_S
        time.sleep(_LOOK_EVERY_S)


def _checkpoints(url: str, job: dict[str, Any]) -> int | None:
    """How many checkpoints a job has completed or was restored from; None if it does not say.

    Until the first, the group's offsets may be those of a job that ran before.
    """
    try:
        counts = flink_rest.get(url, f"/jobs/{job['jid']}/checkpoints")["counts"]
    except (OSError, ValueError, KeyError):
        return None
    return int(counts["completed"]) + int(counts["restored"])
