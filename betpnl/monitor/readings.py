"""What the parts and the tables said, as samples for Prometheus. Unknown is left out, never 0."""

from __future__ import annotations

from collections.abc import Iterator

from betpnl.contract.topics import BETS
from betpnl.monitor import metrics
from betpnl.monitor.figures import Figures
from betpnl.monitor.metrics import Sample
from betpnl.monitor.parts import Flink, Job, Said
from betpnl.monitor.verdict import checkpoint_age_s

_SOURCES = {"bets_log": "bets", "feed_log": "feed"}
_BY_SPORT = (
    (metrics.GAMES, "games"),
    (metrics.BETS, "bets"),
    (metrics.HANDLE, "handle"),
    (metrics.EXPECTED_PNL, "expected_pnl"),
    (metrics.REALISED_PNL, "realised_pnl"),
    (metrics.TOTAL_PNL, "total_pnl"),
)
_BY_TOPIC = ((metrics.READ, "records"), (metrics.REJECTS, "rejects"))
_OF_BETS = (
    (metrics.SCORING_SECONDS, "microseconds", 1e-6),
    (metrics.SCORING_BATCHES, "batches", 1.0),
    (metrics.SCORING_FALLBACKS, "fallbacks", 1.0),
)
# Counted only once it was so.
_UP_AND_DOWN = ((metrics.MODEL_STALE, "stale"), (metrics.CHALLENGER_OUT, "unchallenged"))


def samples(
    said: Said, figures: Figures | None, *, now_s: float, monotonic_s: float
) -> Iterator[Sample]:
    """Everything that is known now. now_s: seconds since 1970; monotonic_s: the other clock."""
    yield from _of_parts(said)
    if said.kafka is not None and said.kafka.up:
        yield metrics.BETS_IN_LOG, (), said.kafka.end
    if said.flink is not None and said.flink.up:
        yield metrics.TASK_SLOTS, (), said.flink.slots
        if said.flink.heap_used is not None:
            yield metrics.HEAP_USED, (), said.flink.heap_used
        if said.flink.job.state:
            yield from _of_job(said.flink.job, now_s)
    if figures is not None and not figures.problem:
        yield from _of_figures(figures, monotonic_s)


def _of_parts(said: Said) -> Iterator[Sample]:
    parts = {"mysql": said.mysql, "kafka": said.kafka, "jobmanager": said.flink, **said.sources}
    for part, answer in parts.items():
        if answer is not None and answer.known:
            yield metrics.PART_UP, (part,), answer.up
    flink: Flink | None = said.flink
    if flink is not None and flink.known:
        # A job that nobody sees is not known to run.
        yield metrics.PART_UP, ("taskmanager",), flink.up and flink.slots > 0
        yield metrics.JOB_UP, (), flink.up and flink.slots > 0 and flink.job.runs


def _of_job(job: Job, now_s: float) -> Iterator[Sample]:
    yield metrics.JOB_RESTARTS, (), max(job.restarts, job.restarting)
    yield metrics.CHECKPOINT_AGE, (), checkpoint_age_s(job, now_s)
    yield metrics.CHECKPOINTS_FAILED, (), job.checkpoints_failed
    if job.checkpointed_at_s is not None:
        yield metrics.CHECKPOINT_SECONDS, (), job.checkpoint_s
    for table, waiting in job.lag.items():
        if table in _SOURCES:
            yield metrics.LAG, (_SOURCES[table],), waiting
    for metric, name in _BY_TOPIC:
        for (topic, what), count in job.counts.items():
            if what == name:
                yield metric, (topic,), count
    for metric, name, scale in _OF_BETS:
        if (BETS.name, name) in job.counts:
            yield metric, (), job.counts[BETS.name, name] * scale
    if job.counts:
        for metric, name in _UP_AND_DOWN:
            yield metric, (), job.counts.get((BETS.name, name), 0)


def _of_figures(figures: Figures, monotonic_s: float) -> Iterator[Sample]:
    for row in figures.sports:
        for metric, column in _BY_SPORT:
            yield metric, (row["sport"],), float(row[column])
    for sport, amount in figures.liability.items():
        yield metrics.LIABILITY, (sport,), float(amount)
    age_s = figures.age_now_s(monotonic_s)
    if age_s is not None:
        yield metrics.FIGURE_AGE, (), age_s
    for measure, count in (figures.breached or {}).items():
        yield metrics.LIMITS_BREACHED, (measure,), count
