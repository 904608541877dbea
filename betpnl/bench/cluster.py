"""What Flink says it runs with: the shell that measures may be set otherwise."""

from __future__ import annotations

from typing import Any

from betpnl.stack import flink_rest

_MB = 1024 * 1024


def cluster(url: str, job: str) -> dict[str, Any]:
    """TaskManagers with their memory (MB) and slots, and what the job was submitted with.

    Raises OSError when Flink does not answer.
    """
    managers = flink_rest.get(url, "/taskmanagers")["taskmanagers"]
    checkpoints = flink_rest.get(url, f"/jobs/{job}/checkpoints/config")
    config = flink_rest.get(url, f"/jobs/{job}/config")["execution-config"]
    return {
        "taskmanagers_mb": [
            round(each["memoryConfiguration"]["totalProcessMemory"] / _MB) for each in managers
        ],
        "slots": sum(int(each["slotsNumber"]) for each in managers),
        "parallelism": int(config["job-parallelism"]),
        "state_backend": "rocksdb" if "RocksDB" in checkpoints["state_backend"] else "hashmap",
        "checkpoint_interval_ms": int(checkpoints["interval"]),
    }
