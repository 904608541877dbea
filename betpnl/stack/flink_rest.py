"""The few questions we ask a Flink cluster over its REST interface."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from betpnl.job.options import JOB_NAME

# A job in one of these states is there, or comes back by itself.
LIVE_STATES = frozenset(
    {"INITIALIZING", "CREATED", "RUNNING", "FAILING", "RESTARTING", "CANCELLING", "RECONCILING"}
)


def get(url: str, path: str, *, timeout_s: float = 5) -> Any:
    """The parsed answer. Raises OSError when the cluster does not answer, ValueError for noise."""
    with urllib.request.urlopen(f"{url}{path}", timeout=timeout_s) as answer:
        return json.load(answer)


def overview(url: str) -> dict[str, Any] | None:
    """Version, slots and jobs of the cluster; None when it does not answer."""
    try:
        return dict(get(url, "/overview"))
    except (OSError, ValueError):
        return None


def taskmanagers(url: str) -> set[str]:
    """The ids of the TaskManagers that offer slots."""
    try:
        known = get(url, "/taskmanagers")["taskmanagers"]
    except (OSError, ValueError):
        return set()
    return {str(each["id"]) for each in known if each["slotsNumber"]}


def jobs(url: str) -> list[dict[str, Any]]:
    """Every job the cluster knows, newest first; [] when it does not answer."""
    try:
        known = get(url, "/jobs/overview")["jobs"]
    except (OSError, ValueError):
        return []
    return sorted(known, key=lambda job: -int(job["start-time"]))


def live_job(url: str, name: str = JOB_NAME) -> dict[str, Any] | None:
    """Our job, if it runs or comes back by itself."""
    mine = (job for job in jobs(url) if job["name"] == name and job["state"] in LIVE_STATES)
    return next(mine, None)


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint or savepoint below a state folder; None when there is none."""
    found = [
        *folder.glob("checkpoints/*/chk-*/_metadata"),
        *folder.glob("savepoints/savepoint-*/_metadata"),
    ]
    return max(found, key=lambda file: file.stat().st_mtime).parent if found else None
