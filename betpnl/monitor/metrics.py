"""Every metric of the job, for Prometheus; those of the API stand in betpnl/api/metrics.py.

What others count is read from them when Prometheus asks; only latencies are counted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

# A second figure beside each, which nobody asks for.
disable_created_metrics()


@dataclass(frozen=True)
class Metric:
    """One that is read. A counter's name ends in _total."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    kind: Literal["gauge", "counter"] = "gauge"


Sample = tuple[Metric, tuple[str, ...], float]
"""A metric, the values of its labels, and its value."""


PART_UP = Metric("betpnl_part_up", "1 while the part answers and says of no problem.", ("part",))
JOB_UP = Metric("betpnl_job_up", "1 while every task of the job runs.")
JOB_RESTARTS = Metric("betpnl_job_restarts", "Restarts of the job since it was submitted.")
TASK_SLOTS = Metric("betpnl_task_slots", "Slots that Flink's TaskManagers offer.")
HEAP_USED = Metric(
    "betpnl_heap_used_ratio",
    "Of the Java heap of the fullest TaskManager, 0 to 1; its least of some minutes is alive.",
)
CHECKPOINT_SECONDS = Metric(
    "betpnl_checkpoint_seconds", "How long the newest checkpoint took to be complete."
)
CHECKPOINT_AGE = Metric(
    "betpnl_checkpoint_age_seconds",
    "Since the newest checkpoint was complete; since the job was submitted while there is none.",
)
CHECKPOINTS_FAILED = Metric(
    "betpnl_checkpoints_failed_total",
    "Checkpoints that failed or were given up, since the job was submitted.",
    kind="counter",
)
BETS_IN_LOG = Metric(
    "betpnl_log_bets_total", "Bets that the log ever took, valid or not.", kind="counter"
)
LAG = Metric(
    "betpnl_lag_records",
    "Records in the log that the job has not read yet: bets, or feed, all other topics.",
    ("source",),
)
READ = Metric(
    "betpnl_records_read_total",
    "Records that the job has read since its last start; what it reads again counts again.",
    ("topic",),
    "counter",
)
REJECTS = Metric(
    "betpnl_rejects_total",
    "Records among them that were no valid record, and went to bet_reject.",
    ("topic",),
    "counter",
)
SCORING_SECONDS = Metric(
    "betpnl_scoring_seconds_total",
    "Time that Python spent on bets: decoding, checking, scoring.",
    kind="counter",
)
SCORING_BATCHES = Metric(
    "betpnl_scoring_batches_total", "Batches in which bets were scored.", kind="counter"
)
SCORING_FALLBACKS = Metric(
    "betpnl_scoring_fallbacks_total",
    "Bets that the model could not score, and that took the market's own probability.",
    kind="counter",
)
MODEL_STALE = Metric(
    "betpnl_model_stale",
    "Workers that score by an older model, because the file at model_path cannot be used.",
)
CHALLENGER_OUT = Metric(
    "betpnl_challenger_out",
    "Workers whose challenger failed, or whose file at challenger_path cannot be used.",
)
GAMES = Metric("betpnl_games", "Games that were ever bet on.", ("sport",))
BETS = Metric("betpnl_bets", "Bets that count; a ticket counts once in each game.", ("sport",))
HANDLE = Metric("betpnl_handle", "Stakes taken, in the base currency.", ("sport",))
EXPECTED_PNL = Metric(
    "betpnl_expected_pnl", "Mean PNL of all bets, as it was when they were placed.", ("sport",)
)
REALISED_PNL = Metric(
    "betpnl_realised_pnl", "PNL of what has a result, and of cash-outs.", ("sport",)
)
TOTAL_PNL = Metric("betpnl_total_pnl", "Realised, and expected on what is open.", ("sport",))
LIABILITY = Metric(
    "betpnl_liability", "Money at risk on games with open bets, game by game.", ("sport",)
)
FIGURE_AGE = Metric(
    "betpnl_newest_figure_age_seconds", "Since the PNL of any game changed last, by MySQL's clock."
)
LIMITS_BREACHED = Metric("betpnl_limits_breached", "Limits that are breached now.", ("measure",))

READINGS = (
    PART_UP,
    JOB_UP,
    JOB_RESTARTS,
    TASK_SLOTS,
    HEAP_USED,
    CHECKPOINT_SECONDS,
    CHECKPOINT_AGE,
    CHECKPOINTS_FAILED,
    BETS_IN_LOG,
    LAG,
    READ,
    REJECTS,
    SCORING_SECONDS,
    SCORING_BATCHES,
    SCORING_FALLBACKS,
    MODEL_STALE,
    CHALLENGER_OUT,
    GAMES,
    BETS,
    HANDLE,
    EXPECTED_PNL,
    REALISED_PNL,
    TOTAL_PNL,
    LIABILITY,
    FIGURE_AGE,
    LIMITS_BREACHED,
)

LATENCY_BUCKETS = (
    0.01,
    0.02,
    0.03,
    0.05,
    0.075,
    0.1,
    0.15,
    0.2,
    0.3,
    0.5,
    0.75,
    1,
    1.5,
    2,
    3,
    5,
    10,
    20,
    30,
    60,
)


class Readings(Collector):
    """Metrics that are read at the moment in which they are asked for. read: must not block."""

    def __init__(self, read: Callable[[], Iterable[Sample]]) -> None:
        self._read = read

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """All of them; one that is not known now comes without a value."""
        families = {
            metric: (CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily)(
                metric.name, metric.help, labels=metric.labels
            )
            for metric in READINGS
        }
        for metric, labels, value in self._read():
            families[metric].add_metric(labels, value)
        return families.values()


class Latencies:
    """From a bet's time in the log to its row in MySQL, by samples."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.bet = Histogram(
            "betpnl_bet_latency_seconds",
            "From a bet's time in the log until its row stands in MySQL, by samples.",
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.game = Histogram(
            "betpnl_game_latency_seconds",
            "From a bet's time in the log until its game's sums hold it, by samples.",
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.samples = Counter(
            "betpnl_latency_samples",
            "Sampled bets: measured, lost (no row within a minute) or skipped (no telling).",
            ("outcome",),
            registry=registry,
        )
        for outcome in ("measured", "lost", "skipped"):
            self.samples.labels(outcome)


class Metrics:
    """One registry with all of them."""

    def __init__(self, read: Callable[[], Iterable[Sample]]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(Readings(read))
        self.latencies = Latencies(self.registry)

    def page(self) -> bytes:
        """All of them as text."""
        return generate_latest(self.registry)
