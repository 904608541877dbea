"""One sentence on how everything does: which part is down, and what that means for the figures.

The first thing that holds is said: what others depend on comes first, so that a MySQL that is
away is not told as a job that restarts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from betpnl.contract.topics import BETS
from betpnl.monitor.parts import Answer, Flink, Job, Kafka, Said
from betpnl.watch import texts

Level = Literal["ok", "quiet", "warning", "down"]

QUIET_S = 10.0
"""Without a bet for this long, it is said; it may be night."""

BEHIND_S, BEHIND_MIN = 3.0, 500
"""Bets that wait in Kafka are a warning from here on: both have to hold."""

STALE_S = 10.0
"""Figures have to move this soon while bets come in."""

CHECKPOINT_MISSED = 4
"""So many checkpoints in a row may be missing before it is said."""

_SOURCES = {
    "connect": "The client's MySQL is not followed",
    "mapper": "Changes in the client's MySQL do not become bets",
    "upkeep": "Worst cases stand still, and what came in the wrong order waits",
}


@dataclass(frozen=True)
class Verdict:
    """level: `ok`; `quiet`, no bets come and nothing is wrong; `warning`, figures are late or may
    be soon; `down`, figures stand still. part: the name of the part that it is about, '' if it
    is about none. detail: what that part said, for whoever mends it.
    """

    level: Level
    sentence: str
    part: str = ""
    detail: str = ""


def verdict(
    said: Said,
    *,
    now_s: float,
    checkpoint_interval_s: float,
    figure_age_s: float | None = None,
    stale: str = "",
) -> Verdict:
    """Judge what the parts said.

    now_s: seconds since 1970. figure_age_s: since any game's figures changed last, None without
    a figure. stale: why figures cannot be read, '' if they can.
    """
    every = (
        *_silent(said),
        *_job(said.flink),
        *_reading(stale),
        *_sources(said),
        *_model(said.flink),
        *_behind(said),
        *_standing_still(said, figure_age_s),
        *_checkpoints(said.flink, now_s, checkpoint_interval_s),
        *_quiet(said, figure_age_s),
    )
    return every[0]


def _silent(said: Said) -> Iterator[Verdict]:
    parts: tuple[tuple[str, str, str, Answer | None], ...] = (
        ("mysql", "MySQL", "the figures stand still", said.mysql),
        ("kafka", "Kafka", "no bet comes in", said.kafka),
        ("jobmanager", "Flink's JobManager", "no bet is counted until it is back", said.flink),
    )
    for part, name, consequence, answer in parts:
        if answer is not None and answer.known and not answer.up:
            yield Verdict("down", f"{name} is down: {consequence}", part, answer.detail)
    missing = [name for _, name, _, answer in parts if answer is None]
    if missing:
        yield Verdict("quiet", f"Asking {' and '.join(missing)}")


def _job(flink: Flink | None) -> Iterator[Verdict]:
    if flink is None or not flink.up:
        return
    job = flink.job
    until = "no bet is counted until it runs"
    if not job.state:
        yield Verdict("down", "No job runs: no bet is counted; `betpnl submit` starts it", "job")
    elif job.state in ("FAILED", "CANCELED", "FINISHED", "SUSPENDED"):
        word = {"FAILED": "has failed", "CANCELED": "was cancelled"}.get(job.state, "has ended")
        yield Verdict(
            "down",
            f"Flink's job {word}: no bet is counted; `betpnl submit` goes on where it was",
            "job",
        )
    elif flink.slots == 0:
        yield Verdict(
            "down",
            "Flink's TaskManager is down: no bet is counted until it is back",
            "taskmanager",
        )
    elif job.restarting:
        nth = f" ({texts.nth(job.restarting)} time)" if job.restarting > 1 else ""
        yield Verdict("down", f"Flink's job is restarting{nth}: {until}", "job")
    elif job.state == "CANCELLING":
        yield Verdict("down", "Flink's job is being cancelled: no bet is counted", "job")
    elif not job.runs:
        running = f"{job.running} of {job.tasks} parts run" if job.tasks else "no part runs yet"
        yield Verdict("down", f"Flink's job is starting, {running}: {until}", "job")


def _reading(stale: str) -> Iterator[Verdict]:
    if stale:
        yield Verdict("down", f"Figures cannot be read: {stale.rstrip('.')}", "mysql")


def _sources(said: Said) -> Iterator[Verdict]:
    for part, answer in said.sources.items():
        if not answer.up:
            yield Verdict("warning", _SOURCES.get(part, part), part, answer.detail)


def _model(flink: Flink | None) -> Iterator[Verdict]:
    if flink is not None and flink.up and flink.job.counts.get((BETS.name, "stale"), 0) > 0:
        yield Verdict(
            "warning",
            "The file at model_path cannot be used: bets are scored by the model before it",
            "taskmanager",
            "its log says what is wrong with the file",
        )


def _behind(said: Said) -> Iterator[Verdict]:
    bets = bets_behind(said)
    if bets is None or said.kafka is None:
        return
    if bets >= BEHIND_MIN and bets / max(1.0, said.kafka.per_s) >= BEHIND_S:
        yield Verdict("warning", f"The job is {bets:,} bets behind", "job")


def _standing_still(said: Said, figure_age_s: float | None) -> Iterator[Verdict]:
    kafka = said.kafka
    if kafka is None or kafka.quiet_s is None or kafka.quiet_s > STALE_S or not kafka.per_s:
        return
    if figure_age_s is not None and figure_age_s > STALE_S:
        yield Verdict(
            "warning",
            f"Bets come in, but no figure has moved for {texts.age(figure_age_s)}; all parts "
            "answer",
            "job",
        )


def _checkpoints(flink: Flink | None, now_s: float, interval_s: float) -> Iterator[Verdict]:
    if flink is None or not flink.job.runs:
        return
    # A job that was just restarted has had no time for one.
    age_s = min(checkpoint_age_s(flink.job, now_s), now_s - flink.job.runs_since_s)
    if age_s > CHECKPOINT_MISSED * interval_s + flink.job.checkpoint_s + 30:
        yield Verdict(
            "warning",
            f"No checkpoint for {texts.age(age_s)}: figures are right, but after a fault the job "
            "would have as much to do again",
            "job",
        )


def _quiet(said: Said, figure_age_s: float | None) -> Iterator[Verdict]:
    kafka: Kafka | None = said.kafka
    if kafka is not None and kafka.known and kafka.end == 0:
        yield Verdict("quiet", "No bet yet; all parts answer")
    if kafka is not None and kafka.quiet_s is not None and kafka.quiet_s > QUIET_S:
        yield Verdict(
            "quiet",
            f"No bets are coming in: nothing new in Kafka for {texts.age(kafka.quiet_s)}; all "
            "parts answer",
        )
    newest = "no figure yet" if figure_age_s is None else f"newest {texts.age(figure_age_s)} old"
    others = (("Kafka", said.kafka), ("Flink", said.flink))
    unknown = [name for name, answer in others if answer is not None and not answer.known]
    if unknown:
        yield Verdict("quiet", f"MySQL answers, {newest}; not known here: {', '.join(unknown)}")
    yield Verdict("ok", f"All parts answer; {newest}")


def bets_behind(said: Said) -> int | None:
    """Bets that wait in Kafka; None while that is not known."""
    return None if said.flink is None else said.flink.job.lag.get("bets_log")


def checkpoint_age_s(job: Job, now_s: float) -> float:
    """Since the newest checkpoint, or since the job was submitted while it has none."""
    return max(0.0, now_s - (job.checkpointed_at_s or job.started_at_s))
