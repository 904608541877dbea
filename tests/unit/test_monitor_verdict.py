"""Which part is down, in words: the first cause is said, not what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from betpnl.monitor.parts import Flink, Job, Kafka, Said, Simple
from betpnl.monitor.verdict import Verdict, verdict

NOW_S = 1_800_000_000.0
RUNNING = Job(
    state="RUNNING", running=18, tasks=18, started_at_s=NOW_S - 500, checkpointed_at_s=NOW_S - 5
)
CLUSTER = Flink(True, taskmanagers=1, slots=4, job=RUNNING)
ALL = Said(
    mysql=Simple(True),
    kafka=Kafka(True, end=5_000, per_s=100.0, quiet_s=0.5),
    flink=CLUSTER,
    sources={"connect": Simple(True), "mapper": Simple(True)},
)


def judged(said: Said, **values: Any) -> Verdict:
    usual = {"now_s": NOW_S, "checkpoint_interval_s": 30.0, "figure_age_s": 0.3}
    return verdict(said, **{**usual, **values})


def with_job(**changes: Any) -> Said:
    return replace(ALL, flink=replace(CLUSTER, job=replace(RUNNING, **changes)))


def test_all_is_well() -> None:
    assert judged(ALL) == Verdict("ok", "All parts answer; newest 0.3 s old")
    assert judged(ALL, figure_age_s=None).level == "ok"


@pytest.mark.parametrize(
    ("said", "part", "words"),
    [
        (replace(ALL, mysql=Simple(False, "timed out")), "mysql", "MySQL is down"),
        (replace(ALL, kafka=Kafka(False, "timed out")), "kafka", "Kafka is down"),
        (replace(ALL, flink=Flink(False, "refused")), "jobmanager", "Flink's JobManager is down"),
        (
            replace(ALL, flink=replace(CLUSTER, taskmanagers=0, slots=0)),
            "taskmanager",
            "Flink's TaskManager is down",
        ),
        (with_job(state=""), "job", "No job runs"),
        (with_job(state="FAILED"), "job", "has failed"),
        (with_job(state="CANCELED"), "job", "was cancelled"),
        (with_job(state="CANCELLING"), "job", "is being cancelled"),
        (with_job(state="INITIALIZING", running=0, tasks=0), "job", "is starting"),
        (with_job(running=7), "job", "is starting, 7 of 18 parts run"),
    ],
)
def test_the_part_that_is_down_is_named(said: Said, part: str, words: str) -> None:
    found = judged(said)

    assert (found.level, found.part) == ("down", part)
    assert words in found.sentence


def test_what_the_part_itself_says_is_kept_for_whoever_mends_it() -> None:
    found = judged(replace(ALL, mysql=Simple(False, "timed out (error 2013)")))

    assert found.sentence == "MySQL is down: the figures stand still"
    assert found.detail == "timed out (error 2013)"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, "Flink's job is restarting: no bet is counted until it runs"),
        (3, "Flink's job is restarting (3rd time): no bet is counted until it runs"),
        (12, "Flink's job is restarting (12th time): no bet is counted until it runs"),
    ],
)
def test_a_restart_is_numbered(number: int, sentence: str) -> None:
    found = judged(with_job(state="RESTARTING", running=0, restarting=number))

    assert found == Verdict("down", sentence, "job")


def test_what_others_depend_on_comes_first() -> None:
    restarting = with_job(state="RESTARTING", running=0, restarting=2)

    assert judged(replace(restarting, mysql=Simple(False, "gone"))).part == "mysql"
    assert judged(replace(restarting, kafka=Kafka(False, "gone"))).part == "kafka"
    assert judged(restarting, stale="MySQL does not answer.").part == "job"


def test_bets_that_wait_are_counted_once_they_are_more_than_seconds() -> None:
    assert judged(with_job(lag={"bets_log": 12_340})) == Verdict(
        "warning", "The job is 12,340 bets behind", "job"
    )
    assert judged(with_job(lag={"bets_log": 499})).level == "ok"
    busy = replace(ALL, kafka=Kafka(True, end=5_000, per_s=10_000.0, quiet_s=0.1))
    assert judged(replace(busy, flink=with_job(lag={"bets_log": 12_340}).flink)).level == "ok"


def test_no_bets_is_quiet_and_nothing_wrong() -> None:
    night = replace(ALL, kafka=Kafka(True, end=5_000, quiet_s=40.0))

    assert judged(night, figure_age_s=41.0) == Verdict(
        "quiet",
        "No bets are coming in: nothing new in Kafka for 40 s; all parts answer",
    )
    assert judged(replace(ALL, kafka=Kafka(True, end=0, quiet_s=40.0))).sentence.startswith(
        "No bet yet"
    )


def test_figures_that_stand_still_while_bets_come_are_a_warning() -> None:
    found = judged(ALL, figure_age_s=42.0)

    assert (found.level, found.part) == ("warning", "job")
    assert "no figure has moved for 42 s" in found.sentence


def test_figures_that_cannot_be_read_are_down() -> None:
    assert judged(ALL, stale="MySQL has no answer now.") == Verdict(
        "down", "Figures cannot be read: MySQL has no answer now", "mysql"
    )


def test_a_missing_checkpoint_is_a_warning_of_its_own() -> None:
    old = with_job(checkpointed_at_s=NOW_S - 400)

    assert "No checkpoint for 6 min" in judged(old).sentence
    assert judged(old, checkpoint_interval_s=120.0).level == "ok"
    just_back = with_job(checkpointed_at_s=NOW_S - 400, runs_since_s=NOW_S - 10)
    assert judged(just_back).level == "ok"
    never = with_job(checkpointed_at_s=None, started_at_s=NOW_S - 20)
    assert judged(never).level == "ok"


def test_a_source_that_fails_is_a_warning() -> None:
    found = judged(replace(ALL, sources={"mapper": Simple(False, "table shop.bets is gone")}))

    assert found == Verdict(
        "warning",
        "Changes in the client's MySQL do not become bets",
        "mapper",
        "table shop.bets is gone",
    )


def test_a_model_file_that_cannot_be_used_is_a_warning_until_it_is_mended() -> None:
    found = judged(with_job(counts={("bets", "stale"): 2}))

    assert (found.level, found.part) == ("warning", "taskmanager")
    assert found.sentence == (
        "The file at model_path cannot be used: bets are scored by the model before it"
    )
    assert "log" in found.detail
    assert judged(with_job(counts={("bets", "stale"): 0})).level == "ok"


def test_before_the_first_answers_nothing_is_claimed() -> None:
    assert judged(Said()) == Verdict("quiet", "Asking MySQL and Kafka and Flink's JobManager")
    assert judged(replace(ALL, flink=None)).sentence == "Asking Flink's JobManager"
    assert judged(Said(mysql=Simple(False, "gone"))).part == "mysql"


def test_what_is_neither_set_nor_started_here_is_not_told_as_down() -> None:
    alone = Said(
        mysql=Simple(True), kafka=Kafka(False, known=False), flink=Flink(False, known=False)
    )

    assert judged(alone) == Verdict(
        "quiet", "MySQL answers, newest 0.3 s old; not known here: Kafka, Flink"
    )
    assert judged(replace(alone, mysql=Simple(False, "gone"))).part == "mysql"
    assert judged(replace(alone, kafka=ALL.kafka), figure_age_s=42.0).level == "warning"


ANSWERS = st.builds(Simple, st.booleans(), st.text(max_size=9))
JOBS = st.builds(
    Job,
    state=st.sampled_from(["", "RUNNING", "RESTARTING", "FAILING", "FAILED", "NEW WORD"]),
    running=st.integers(0, 18),
    tasks=st.integers(0, 18),
    restarting=st.integers(0, 3),
    lag=st.dictionaries(st.sampled_from(["bets_log", "feed_log"]), st.integers(0, 10**9)),
    checkpointed_at_s=st.none() | st.floats(0, NOW_S),
)


# On a busy machine making a value may take its time.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.builds(
        Said,
        mysql=st.none() | ANSWERS,
        kafka=st.none()
        | st.builds(
            Kafka,
            st.booleans(),
            end=st.integers(0, 10**12),
            per_s=st.floats(0, 1e6),
            quiet_s=st.none() | st.floats(0, 1e6),
        ),
        flink=st.none() | st.builds(Flink, st.booleans(), slots=st.integers(0, 4), job=JOBS),
        sources=st.dictionaries(st.sampled_from(["connect", "mapper"]), ANSWERS),
    ),
    st.none() | st.floats(0, 1e9),
    st.text(max_size=9),
)
def test_whatever_is_said_one_line_comes_of_it(
    said: Said, figure_age_s: float | None, stale: str
) -> None:
    found = judged(said, figure_age_s=figure_age_s, stale=stale)

    assert found.sentence
    counts = said.flink is not None and said.flink.up and said.flink.job.runs
    assert found.level != "ok" or counts
