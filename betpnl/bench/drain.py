"""How fast a backlog is worked off: bets wait in Kafka, then the job is submitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from betpnl.bench import over_time
from betpnl.bench.child import Child
from betpnl.bench.cluster import cluster
from betpnl.bench.cpu import percent_of_core, service_pids, used_s
from betpnl.bench.load import Load, write_backlog
from betpnl.bench.matching import Seen, steady_rate
from betpnl.bench.measure import about
from betpnl.bench.observe import observe, watched
from betpnl.bench.own import submitted, until_running
from betpnl.bench.screen import Screen
from betpnl.bench.spool import Counted
from betpnl.bench.waiting import until_counted
from betpnl.bench.ways import to_kafka
from betpnl.replay import SystemClock
from betpnl.settings import Settings
from betpnl.stack import endpoints, flink_rest

_LOOK_S = 0.05
_EDGES = (0.1, 0.9)
_PATIENCE_MIN_S = 120.0
# Slower than this nobody would wait for the end.
_BETS_PER_S_MIN = 500.0
_WRITTEN = "kafka, written"


def drain(
    settings: Settings,
    load: Load,
    screen: Screen,
    *,
    more_processes: dict[str, int] | None = None,
) -> dict[str, Any]:
    """Write the load as a backlog, submit the job, and wait until all of it is counted.

    settings: of a deployment whose job does not run. more_processes: by name, whose CPU is shown
    as well.
    """
    clock, found = SystemClock(), endpoints(settings)
    services = service_pids(settings)
    writing, began_s = used_s(services), clock.now()
    screen.say("backlog", "being written")
    with Child(write_backlog, load, to_kafka(settings)) as writer:
        counted: Counted = writer.receive_last(lambda share: screen.share("backlog", share))
    wrote_s, written = clock.now() - began_s, used_s(services)
    screen.share("backlog", 1.0, f"{counted.bets:,} bets")
    planned = counted.planned()
    looked_at = planned.only(set(watched(list(planned.times_s), load.options.seed)))
    # The first bets may be counted before every task runs: the observer must be there by then.
    job = submitted(settings, screen)
    with Child(observe, found, list(looked_at.times_s), _LOOK_S) as observer:
        observer.receive()
        until_running(settings, job, screen)
        roots = {**services, **(more_processes or {})}
        before, from_s = used_s(roots), clock.now()
        screen.say("drain", "bets being counted")
        patience_s = _PATIENCE_MIN_S + counted.bets / _BETS_PER_S_MIN
        costs = Costs(lambda: used_s(roots))

        def told(share: float) -> None:
            screen.share("drain", share)
            costs.told(share)

        until_counted(found, looked_at, patience_s, told)
        after, to_s = used_s(roots), clock.now()
        observer.send("stop")
        seen = observer.receive().games
    running_s = _running_s(found.flink_rest_url, job)
    what = about(load.options)
    # A backlog has no rate: it is all there at once.
    del what["rate"]
    return {
        **what,
        "backlog_bets": counted.bets,
        "written_in_s": round(wrote_s, 1),
        **_figures(seen, looked_at.counts, counted.bets, running_s),
        "cpu_percent_of_a_core": percent_of_core(before, after, to_s - from_s),
        "cpu_us_per_bet": {
            **costs.us_per_bet(counted.bets),
            **_kafka_written(writing, written, counted.bets),
        },
        "flink": cluster(found.flink_rest_url, job),
        "worked_off": over_time.worked_off(
            seen, running_s, counted.bets / max(1, looked_at.counts)
        ),
    }


def _kafka_written(
    before: Mapping[str, float], after: Mapping[str, float], bets: int
) -> dict[str, float]:
    """Microseconds of Kafka's a bet while the backlog was written; {} where it runs elsewhere."""
    if "kafka" not in before:
        return {}
    return {_WRITTEN: round((after["kafka"] - before["kafka"]) / bets * 1e6, 2)}


class Costs:
    """CPU of a bet, between the looks at which a tenth and nine tenths were first there.

    What a job that begins costs, compiling its code while it runs, is no bet's.
    """

    def __init__(self, used: Callable[[], dict[str, float]]) -> None:
        """used: seconds of CPU so far, by process."""
        self._used = used
        self._marks = [(0.0, used())]

    def told(self, share: float) -> None:
        """So much is counted, 0 to 1."""
        edges = (0.0, *_EDGES)
        if len(self._marks) < len(edges) and share >= edges[len(self._marks)]:
            self._marks.append((share, self._used()))

    def us_per_bet(self, bets: int) -> dict[str, float]:
        """Microseconds by process; from the start where one look saw both edges."""
        low, before = self._marks[-2] if len(self._marks) > len(_EDGES) else self._marks[0]
        high, after = self._marks[-1]
        if high == low:
            low, before = self._marks[0]
        if high == low:
            return {}
        return {
            name: round((after[name] - before[name]) / ((high - low) * bets) * 1e6, 2)
            for name in after
            if name in before
        }


def _figures(seen: Seen, counts: int, bets: int, running_s: float) -> dict[str, Any]:
    there = int(seen.total()[-1]) if len(seen.at_s) else 0
    if there < counts:
        return {"missing": counts - there}
    drained_s = float(seen.at_s.max()) - running_s
    return {
        "missing": 0,
        "running_to_first_count_s": round(float(seen.at_s.min()) - running_s, 2),
        "running_to_all_counted_s": round(drained_s, 2),
        "bets_per_s": round(bets / drained_s),
        "bets_per_s_between_10_and_90_percent": round(steady_rate(seen, *_EDGES) * bets / counts),
    }


def _running_s(url: str, job: str) -> float:
    """When the job began to run, seconds since 1970."""
    stamps = flink_rest.get(url, f"/jobs/{job}")["timestamps"]
    return float(stamps["RUNNING"]) / 1000
