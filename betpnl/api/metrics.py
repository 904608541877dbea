"""Every metric of the API, for Prometheus."""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

# A second figure beside each, which nobody asks for.
disable_created_metrics()
_REGISTRY = CollectorRegistry()
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter(
    "betpnl_api_requests_total",
    "Requests by route and status; 0 is one whose client went away.",
    ("route", "status"),
    registry=_REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "betpnl_api_request_seconds",
    "From the request's header to the end of its answer.",
    ("route",),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
    registry=_REGISTRY,
)
RECORDS = Counter(
    "betpnl_api_records_total",
    "Records by topic and outcome: accepted, rejected, or failed (answered 503).",
    ("topic", "outcome"),
    registry=_REGISTRY,
)
BODY_BYTES = Counter(
    "betpnl_api_body_bytes_total",
    "Bytes of bodies taken in, decompressed.",
    ("topic",),
    registry=_REGISTRY,
)
ACK_SECONDS = Histogram(
    "betpnl_api_ack_seconds",
    "From a batch's hand-over to Kafka's acknowledgement.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
    registry=_REGISTRY,
)
WAITING_RECORDS = Gauge(
    "betpnl_api_waiting_records",
    "Records that Kafka has not acknowledged yet.",
    multiprocess_mode="livesum",
    registry=_REGISTRY,
)
KAFKA_UP = Gauge(
    "betpnl_api_kafka_up",
    "1 while Kafka answers and has the topics.",
    multiprocess_mode="livemin",
    registry=_REGISTRY,
)
LIMITED = Counter(
    "betpnl_api_limited_total",
    "Requests answered 429, by client.",
    ("client",),
    registry=_REGISTRY,
)
STREAMS = Gauge(
    "betpnl_api_streams",
    "Streams open now.",
    multiprocess_mode="livesum",
    registry=_REGISTRY,
)
STREAM_READINGS = Counter(
    "betpnl_api_stream_readings_total",
    "Readings of what changed, whatever the number of streams.",
    registry=_REGISTRY,
)


def page() -> bytes:
    """All of them as text, over all workers."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        return generate_latest(_REGISTRY)
    for pid in _pids(Path(folder)):
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, folder)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)


def _pids(folder: Path) -> set[int]:
    """Whose state of the moment, such as what waits, lies in the folder."""
    return {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*.db")}
