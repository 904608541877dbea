"""What the parts said, as Prometheus reads it; what is not known is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from prometheus_client.parser import text_string_to_metric_families

from betpnl.monitor.figures import Figures
from betpnl.monitor.metrics import Metrics, Sample
from betpnl.monitor.parts import Flink, Job, Kafka, Said, Simple
from betpnl.monitor.readings import samples
from tests.unit.test_monitor_verdict import ALL, NOW_S, RUNNING

MONOTONIC_S = 1_000.0
SPORT = {
    "sport": "football",
    "games": 2,
    "bets": Decimal(30),
    "handle": Decimal("123.4500"),
    "expected_pnl": Decimal("-1.5000"),
    "realised_pnl": Decimal("0.0000"),
    "total_pnl": Decimal("2.0000"),
}
FIGURES = Figures(
    read_s=MONOTONIC_S - 4,
    age_s=1.5,
    sports=(SPORT,),
    liability={"football": Decimal("77.1000")},
    breached={"liability": 2},
)
BUSY = replace(
    RUNNING,
    restarts=3,
    checkpoint_s=0.25,
    checkpoints_failed=1,
    lag={"bets_log": 12, "feed_log": 0, "other": 5},
    counts={
        ("bets", "records"): 100,
        ("bets", "rejects"): 4,
        ("bets", "microseconds"): 2_500_000,
        ("bets", "batches"): 10,
        ("bets", "fallbacks"): 1,
        ("bets", "stale"): 2,
        ("fx_rates", "records"): 6,
        ("fx_rates", "rejects"): 6,
    },
)


def read(said: Said, figures: Figures | None = None) -> dict[str, float]:
    def now() -> Iterable[Sample]:
        return samples(said, figures, now_s=NOW_S, monotonic_s=MONOTONIC_S)

    page = Metrics(now).page().decode()
    return {
        each.name + "".join(f" {value}" for value in each.labels.values()): each.value
        for family in text_string_to_metric_families(page)
        for each in family.samples
        if "latency" not in each.name
    }


def with_job(job: Job) -> Said:
    return replace(ALL, flink=Flink(True, taskmanagers=1, slots=4, heap_used=0.25, job=job))


def test_all_that_is_known_is_told() -> None:
    assert read(with_job(BUSY), FIGURES) == {
        "betpnl_part_up mysql": 1,
        "betpnl_part_up kafka": 1,
        "betpnl_part_up jobmanager": 1,
        "betpnl_part_up taskmanager": 1,
        "betpnl_part_up connect": 1,
        "betpnl_part_up mapper": 1,
        "betpnl_job_up": 1,
        "betpnl_job_restarts": 3,
        "betpnl_task_slots": 4,
        "betpnl_heap_used_ratio": 0.25,
        "betpnl_checkpoint_seconds": 0.25,
        "betpnl_checkpoint_age_seconds": 5,
        "betpnl_checkpoints_failed_total": 1,
        "betpnl_log_bets_total": 5000,
        "betpnl_lag_records bets": 12,
        "betpnl_lag_records feed": 0,
        "betpnl_records_read_total bets": 100,
        "betpnl_records_read_total fx_rates": 6,
        "betpnl_rejects_total bets": 4,
        "betpnl_rejects_total fx_rates": 6,
        "betpnl_scoring_seconds_total": 2.5,
        "betpnl_scoring_batches_total": 10,
        "betpnl_scoring_fallbacks_total": 1,
        "betpnl_model_stale": 2,
        "betpnl_challenger_out": 0,
        "betpnl_games football": 2,
        "betpnl_bets football": 30,
        "betpnl_handle football": 123.45,
        "betpnl_expected_pnl football": -1.5,
        "betpnl_realised_pnl football": 0,
        "betpnl_total_pnl football": 2,
        "betpnl_liability football": 77.1,
        "betpnl_newest_figure_age_seconds": 5.5,
        "betpnl_limits_breached liability": 2,
    }


def test_nothing_is_claimed_of_what_does_not_answer() -> None:
    silent = Said(
        mysql=Simple(False, "gone"), kafka=Kafka(False, "gone"), flink=Flink(False, "gone")
    )

    assert read(silent, Figures(problem="gone")) == {
        "betpnl_part_up mysql": 0,
        "betpnl_part_up kafka": 0,
        "betpnl_part_up jobmanager": 0,
        "betpnl_part_up taskmanager": 0,
        "betpnl_job_up": 0,
    }
    assert read(Said()) == {}
    unknown = replace(silent, kafka=Kafka(False, known=False), flink=Flink(False, known=False))
    assert read(unknown) == {"betpnl_part_up mysql": 0}


@pytest.mark.parametrize(
    "job",
    [Job(), replace(RUNNING, running=17), replace(RUNNING, state="RESTARTING")],
    ids=["absent", "starting", "restarting"],
)
def test_a_job_is_up_only_while_every_task_runs(job: Job) -> None:
    found = read(with_job(job))

    assert found["betpnl_job_up"] == 0
    assert found["betpnl_part_up taskmanager"] == 1


def test_a_job_is_not_up_on_a_cluster_without_slots() -> None:
    found = read(replace(ALL, flink=Flink(True, slots=0, job=BUSY)))

    assert found["betpnl_job_up"] == found["betpnl_part_up taskmanager"] == 0


def test_a_job_without_a_checkpoint_is_as_old_as_its_start() -> None:
    found = read(with_job(replace(RUNNING, checkpointed_at_s=None)))

    assert found["betpnl_checkpoint_age_seconds"] == 500
    assert "betpnl_checkpoint_seconds" not in found
