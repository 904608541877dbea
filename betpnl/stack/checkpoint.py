"""A checkpoint at once, for whoever can't wait for the next one."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable

from betpnl.settings import Settings
from betpnl.stack import flink_rest
from betpnl.stack.flink_conf import state_folder

_LOOK_EVERY_S = 0.2
_FIRST_MAX_S = 20.0


def take_first(settings: Settings, url: str, report: Callable[[str], None]) -> None:
    """Take the checkpoint that a job about to be stopped has not had time for.

    Without any, the next start would find rows in the tables and nothing to go on from.
    report: told in a line what is going on.
    """
    job = flink_rest.live_job(url)
    if job is None or flink_rest.newest_checkpoint(state_folder(settings)) is not None:
        return
    report("taking its first checkpoint, to go on from")
    done = take(url, str(job["jid"]), _FIRST_MAX_S)
    report("ready: checkpoint taken" if done else "failed: no checkpoint to go on from")


def take(url: str, job_id: str, timeout_s: float) -> bool:
    """Take a checkpoint now; whether it was complete within `timeout_s`. Raises no OSError."""
    deadline_s = time.monotonic() + timeout_s
    try:
        trigger = _trigger(url, job_id)
        while time.monotonic() < deadline_s:
            answer = flink_rest.get(url, f"/jobs/{job_id}/checkpoints/{trigger}")
            if answer["status"]["id"] == "COMPLETED":
                return answer["operation"].get("failureCause") is None
            time.sleep(_LOOK_EVERY_S)
    except (OSError, ValueError):
        return False
    return False


def _trigger(url: str, job_id: str) -> str:
    request = urllib.request.Request(
        f"{url}/jobs/{job_id}/checkpoints",
        data=b'{"checkpointType": "CONFIGURED"}',
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(json.load(answer)["request-id"])
