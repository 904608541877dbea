"""A first checkpoint for a job that is about to be stopped.

Without one the next start would find rows in the tables and nothing to go on from.
"""

from __future__ import annotations

import json
import time
import urllib.request

from betpnl.stack import flink_rest

_LOOK_EVERY_S = 0.2


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
