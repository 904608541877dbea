"""Histograms, the search of a rate, and the arithmetic of scale."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from betpnl.bench import charts, histogram, latency, nodes, results, scale
from betpnl.bench.drain import Costs
from betpnl.bench.load import Load
from betpnl.bench.measure import Timing, why_not
from betpnl.bench.nodes import Case
from betpnl.bench.screen import Screen
from betpnl.bench.search import highest
from betpnl.bench.state import trend
from betpnl.bench.ways import ToApi, ToKafka
from betpnl.errors import UserError
from betpnl.settings import Settings


def test_quantiles_are_those_of_the_latencies() -> None:
    latency_s = np.random.default_rng(1).lognormal(-3, 1, 20_000)

    found = histogram.quantiles_ms(histogram.histogram(latency_s))

    for name, share in histogram.QUANTILES.items():
        assert found[name] == pytest.approx(np.quantile(latency_s, share / 100) * 1000, rel=0.01)


def test_what_was_never_seen_is_in_no_quantile() -> None:
    made = histogram.histogram(np.array([np.nan, 0.25, np.nan]))

    assert made.get_total_count() == 1
    assert histogram.quantiles_ms(made)["p99"] == pytest.approx(250, rel=0.01)
    assert set(histogram.quantiles_ms(histogram.histogram(np.array([np.nan]))).values()) == {None}


def test_what_was_never_seen_took_longer_than_anything() -> None:
    latency_s = np.arange(1, 101) / 1000
    made = histogram.histogram(latency_s)

    assert histogram.quantiles_ms(made, unseen=0)["max"] == pytest.approx(100, rel=0.01)
    # Of 200 the half that was seen is the faster one.
    found = histogram.quantiles_ms(made, unseen=100)
    assert found["p50"] == pytest.approx(100, rel=0.01)
    assert (found["p90"], found["max"]) == (None, None)
    assert histogram.quantiles_ms(made, unseen=1)["p99"] == pytest.approx(100, rel=0.01)


def test_encoded_histograms_add_up_to_that_of_all_latencies() -> None:
    rng = np.random.default_rng(1)
    one, two = rng.exponential(0.05, 5000), rng.exponential(0.5, 1000)
    texts = [str(histogram.packed(each)["hdr_v2"]) for each in (one, two)]

    total = histogram.added(texts)

    assert total.get_total_count() == 6000
    assert histogram.quantiles_ms(total) == histogram.quantiles_ms(
        histogram.histogram(np.concatenate([one, two]))
    )


class Queue:
    """A stack that works off so many bets a second, and is tried for a minute."""

    def __init__(self, capacity: float) -> None:
        self._capacity = capacity
        self.tried: list[float] = []

    def holds(self, rate: float) -> bool:
        self.tried.append(rate)
        backlog_s, latest_s = 0.0, []
        for _ in range(60):
            backlog_s = max(0.0, backlog_s + (rate - self._capacity) / self._capacity)
            latest_s.append(backlog_s)
        return float(np.quantile(latest_s, 0.99)) < 1.0


@pytest.mark.parametrize("capacity", [37, 900, 4200, 11_000, 250_000])
def test_the_search_ends_just_below_what_the_queue_can_do(capacity: float) -> None:
    queue = Queue(capacity)

    found = highest(queue.holds, start=1000, precision=0.05)

    assert found is not None
    # A minute is over before a little too much makes a second.
    assert 0.94 * capacity <= found <= 1.02 * capacity
    assert len(queue.tried) <= 12
    assert len(set(queue.tried)) == len(queue.tried)


def test_the_search_goes_on_from_what_is_known() -> None:
    queue = Queue(12_000)

    found = highest(queue.holds, known={1000: True, 10_000: True, 40_000: False})

    assert found == pytest.approx(12_000, rel=0.1)
    assert all(10_000 < rate < 40_000 for rate in queue.tried)


def test_the_search_is_bounded() -> None:
    assert highest(lambda _: False, trials_max=3) is None
    tried: list[float] = []
    assert highest(lambda rate: not tried.append(rate), ceiling=5000) == 5000
    assert tried == [1000, 2000, 4000, 5000]


def test_the_search_gives_up_below_its_floor() -> None:
    tried: list[float] = []

    assert highest(lambda rate: bool(tried.append(rate)), start=10, floor=2) is None
    assert tried == [10, 5, 2.5]


def test_the_sentence_of_a_search_names_the_rate_at_which_the_job_stood_still() -> None:
    held, stuck = {"rate": 1000.0}, {"rate": 10_000.0, "stuck": True}

    assert latency.best_line(1000, [held]).endswith("second: 1,000 bets a second.")
    said = latency.best_line(1000, [held, stuck])
    assert "1,000 bets a second. None was tried after 10,000" in said
    assert latency.best_line(None, [stuck]).startswith("None of the 1 rates")


def test_a_rate_that_held_above_one_that_did_not_is_not_believed() -> None:
    assert highest(lambda _: True, known={500: True, 520: False, 2000: True}) == 500


def _result(**changes: Any) -> dict[str, Any]:
    return {
        "rate": 1000.0,
        "missing": 0,
        "overcounted": 0,
        "latency_ms": {"p99": 400.0},
        "probes_ms": {"singles": {"p99": 400.0}, "tickets": {"p99": None}},
        "backlog": {"drift_bets_per_s": 1.0},
        "generator": {"behind_plan_ms": {"p99": 3.0}},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"missing": 2}, "not seen in time"),
        ({"stuck": True}, "counted nothing more"),
        ({"latency_ms": {"p99": 1000.0}}, "p99 is"),
        ({"latency_ms": {"p99": None}}, "p99 is"),
        (
            {"probes_ms": {"singles": {"p99": 400.0}, "tickets": {"p99": 1000.0}}},
            "p99 of the probes' tickets is",
        ),
        ({"overcounted": 1}, "1 counts were more"),
        ({"backlog": {"drift_bets_per_s": 11.0}}, "backlog grows"),
        ({"generator": {"behind_plan_ms": {"p99": 900.0}}}, "generator"),
    ],
)
def test_what_speaks_against_a_rate_is_named(changes: dict[str, Any], word: str) -> None:
    assert why_not(_result()) == []
    (reason,) = why_not(_result(**changes))
    assert word in reason


def test_each_slot_is_held_against_the_first_case() -> None:
    first, second, fourth = nodes.gains([Case(1, 1, 4000), Case(2, 1, 7000), Case(4, 2, 10_000)])

    assert (first.times_the_first, first.efficiency, first.bets_per_s_by_added_slot) == (1, 1, None)
    assert (second.times_the_first, second.efficiency) == (1.75, 0.88)
    assert second.bets_per_s_by_added_slot == 3000
    assert (fourth.times_the_first, fourth.efficiency) == (2.5, 0.62)
    assert fourth.bets_per_s_by_added_slot == 2000


def test_processes_add_up_to_parts() -> None:
    found = nodes.by_part(
        {"taskmanager": 100, "taskmanager-2": 50, "python workers": 30, "kafka": 5, "board": 9}
    )

    assert found == {"Flink": 180, "Kafka": 5, "MySQL": 0}


def test_nodes_are_what_the_cores_fill() -> None:
    flink, mysql = nodes.needs(100_000, {"Flink": 140.0, "MySQL": 70.0}, cores_per_node=16)

    # 100,000 x 140 us = 14 s of CPU a second, at 70 % of each core.
    assert (flink.cores, flink.nodes) == (20.0, 2)
    assert (mysql.cores, mysql.nodes) == (10.0, 1)


def test_the_arithmetic_shows_every_number() -> None:
    lines = nodes.arithmetic([100_000, 1_000_000], {"Flink": 140.0}, cores_per_node=10)

    assert lines[1].split(": ")[1] == (
        "100,000 x 140 us / 1,000,000 us / 0.7 = 20.0 cores = 2 nodes"
    )
    assert lines[-1].strip() == "together 20 nodes"


def test_cases_leave_out_taskmanagers_without_work() -> None:
    assert scale.cases([1, 2], [1, 2]) == [(1, 1), (2, 1), (2, 2)]
    for slots, taskmanagers in scale.cases([1, 2, 4, 7], [1, 2]):
        values = scale.overrides(slots, taskmanagers, partitions=4)
        room = values["flink_task_slots"] * taskmanagers
        assert values["bet_sink_parallelism"] <= room < values["bet_sink_parallelism"] + 2
        assert values["topic_partitions"] >= slots


@pytest.mark.parametrize("text", ["", "x", "0,1", "3", "1,3", "1.5"])
def test_numbers_that_make_no_cases_are_named(text: str) -> None:
    with pytest.raises(UserError, match=r"--taskmanagers .*among 1, 2"):
        scale.numbers(text, "--taskmanagers", (1, 2))


def test_a_scale_without_a_finished_drain_says_so() -> None:
    assert "nothing to reckon" in scale.summary([{"missing": 3}], 16)["arithmetic"][0]


def test_the_trend_of_a_growing_state_leaves_out_its_first_step() -> None:
    steps = [
        {"open_bets": million * 1_000_000, "bets_per_s": rate}
        for million, rate in enumerate([100, 5000, 4900, 4800, 4700, 4600], start=1)
    ]

    found = trend(steps)

    assert found["bets_per_s_by_million_open"] == -100.0
    # Two steps each: of five, no three are apart from three others.
    assert found["bets_per_s_first_and_last"] == [4950, 4650]
    assert found["last_over_first"] == pytest.approx(4650 / 4950, abs=0.001)
    assert trend(steps[:1])["last_over_first"] == 1.0


def test_charts_are_drawn_of_what_there_is(tmp_path: Path) -> None:
    columns = {
        "second": [5, 6],
        "p50_ms": [20.0, 30.0],
        "p99_ms": [50.0, 60.0],
        "max_ms": [90.0, 99.0],
        "backlog_bets": [10.0, 0.0],
    }
    quantiles = {"p50": 25.0, "p90": 30.0, "p99": 60.0, "p99.9": 80.0, "max": 99.0}
    runs = [
        {"rate": rate, "latency_ms": quantiles, "over_time": columns} for rate in (1000.0, 2000.0)
    ]

    files = charts.draw({"runs": runs}, tmp_path / "latency")

    assert sorted(file.name for file in files) == [
        "latency-over-rate.png",
        "latency-over-rate.svg",
        "latency-over-time.png",
        "latency-over-time.svg",
    ]
    drawn = (tmp_path / "latency-over-time.svg").read_text(encoding="utf-8")
    assert "2,000 bets a second" in drawn
    charts.draw({"runs": runs}, tmp_path / "latency")
    assert (tmp_path / "latency-over-time.svg").read_text(encoding="utf-8") == drawn


def test_charts_of_drains_and_of_state(tmp_path: Path) -> None:
    drains = [
        {
            "parallelism": 1,
            "taskmanagers": 1,
            "missing": 0,
            "bets_per_s_between_10_and_90_percent": 4000,
        },
        {"parallelism": 2, "taskmanagers": 2, "missing": 5},
    ]
    growing = [{"state_backend": "rocksdb", "steps": [{"open_bets": 10**6, "bets_per_s": 4000}]}]

    assert len(charts.draw({"runs": drains}, tmp_path / "scale")) == 2
    one = {"backlog_bets": 9000, "worked_off": {"second": [1.0, 2.0], "bets_per_s": [4000, 5000]}}
    drawn = charts.draw({"runs": [one]}, tmp_path / "drain")
    assert [file.name for file in drawn] == ["drain-worked-off.svg", "drain-worked-off.png"]
    assert "9,000 bets" in drawn[0].read_text(encoding="utf-8")
    assert len(charts.draw({"runs": growing}, tmp_path / "state")) == 2
    assert charts.draw({"runs": []}, tmp_path / "nothing") == []


def test_the_cost_of_a_bet_leaves_out_start_and_end_of_a_drain() -> None:
    readings = iter([0.0, 30.0, 110.0])
    costs = Costs(lambda: {"taskmanager": next(readings)})

    for share in (0.0, 0.05, 0.1, 0.5, 0.9, 1.0):
        costs.told(share)

    # 80 seconds for 80 % of a million bets.
    assert costs.us_per_bet(1_000_000) == {"taskmanager": 100.0}


def test_the_cost_of_a_bet_of_a_drain_that_was_over_at_one_look() -> None:
    readings = iter([0.0, 30.0, 30.0])
    costs = Costs(lambda: {"taskmanager": next(readings)})
    assert costs.us_per_bet(1_000_000) == {}

    costs.told(1.0)
    costs.told(1.0)

    assert costs.us_per_bet(1_000_000) == {"taskmanager": 30.0}


def test_no_digit_is_cut_off_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ms = {"p50": 999.4, "p90": 178_257.92, "p99": 206_569.47, "p99.9": 211_025.9, "max": 215_482.0}
    run = {
        "rate": 10_000.0,
        "games": 40,
        "latency_ms": ms,
        "backlog": {"drift_bets_per_s": 4322.71},
        "missing": 1_965_074,
        "holds": False,
    }

    results.show({"runs": [run]}, [], as_json=False)

    said = capsys.readouterr().out
    figures = ["10,000", "999 ms", "178.3 s", "206.6 s", "211.0 s", "215.5 s", "4,323", "1,965,074"]
    assert [each for each in figures if each not in said] == []


def test_no_rate_is_tried_on_a_backlog_that_is_not_worked_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[tuple[float, bool]] = []

    def measure(_: Any, __: Any, ___: Any, what: Load, *____: Any, work_off: bool) -> Any:
        rate = what.options.rate
        tried.append((rate, work_off))
        return {"rate": rate, "holds": rate < 2000, **({"stuck": True} if rate > 5000 else {})}

    monkeypatch.setattr(latency, "measure", measure)
    timing = Timing(1, 1)

    def runs(*rates: float, search: bool = False) -> tuple[list[float], float | None]:
        tried.clear()
        wish = latency.Wish(rates, search, timing, timing, {"games": 3}, seed=1)
        found: list[dict[str, Any]] = []
        best = latency.measured(
            Settings.load(), cast(Any, None), ToKafka("kafka:9092", ""), wish, Screen(), found
        )
        return [run["rate"] for run in found], best

    assert runs(1000, 3000) == ([1000, 3000], None)
    # After the last there is nothing that its backlog could spoil.
    assert tried == [(1000, True), (3000, False)]
    # What held before the job stood still has held.
    assert runs(1000, 6000, 3000, search=True) == ([1000, 6000], 1000)
    _found, best = runs(1000, search=True)
    assert best is not None
    assert 1800 <= best < 2000
    assert all(work_off for _, work_off in tried)


def test_a_batch_for_the_api_fills_before_it_leaves() -> None:
    way = ToApi("http://api", "token", batch=100, pid=1)

    assert [way.at(rate).batch for rate in (10_000, 800, 400, 3)] == [100, 100, 50, 1]
