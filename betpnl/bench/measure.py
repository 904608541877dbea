"""One measurement: a load goes in on time, and what MySQL shows is held against the plan."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from betpnl.bench import histogram, over_time
from betpnl.bench.backlog import backlog
from betpnl.bench.child import Child
from betpnl.bench.cpu import percent_of_core, service_pids, used_s
from betpnl.bench.load import LEAD_S, Load, Made, Sent, generate
from betpnl.bench.matching import Matched, Planned, by_batch, match, overcounted
from betpnl.bench.observe import Looks, observe, watched
from betpnl.bench.room import BYTES_PER_BET, BYTES_SPOOLED, check_room
from betpnl.bench.screen import Screen
from betpnl.bench.waiting import counted, until_counted, until_worked_off
from betpnl.bench.ways import ToApi, Way
from betpnl.errors import UserError
from betpnl.replay import Options, Report, SystemClock
from betpnl.replay.stakes import Floats
from betpnl.settings import Settings
from betpnl.stack import Endpoints

HOLDS_P99_MS = 1000.0
# Noise of a backlog that stands still stays far below; one that grows so fast is a minute long
# after an hour and a half.
HOLDS_DRIFT = 0.01
_BEHIND_MS_MAX = 200.0
_ROWS_LATER = 4
_TICK_S = 0.5


@dataclass(frozen=True)
class Timing:
    """warmup_s: what is planned before does not count. patience_s: for the last bets to be seen.
    poll_s: from one look at MySQL to the next."""

    warmup_s: float
    seconds: float
    patience_s: float = 120.0
    poll_s: float = 0.005

    @property
    def length_s(self) -> float:
        """Of the whole load."""
        return self.warmup_s + self.seconds


def measure(
    settings: Settings,
    found: Endpoints,
    way: Way,
    load: Load,
    timing: Timing,
    screen: Screen,
    others: Mapping[str, int] | None = None,
    *,
    work_off: bool = False,
) -> dict[str, Any]:
    """Send a load whose length is that of `timing`; everything that was measured.

    others: more processes whose CPU is shown, by name. work_off: wait in the end until nothing is
    left, however long it takes, so that what comes next does not begin with it; `stuck` says that
    nothing was counted any more. Raises UserError when a game had bets before, or when the bets do
    not fit on the disk.
    """
    clock = SystemClock()
    settings.home.mkdir(parents=True, exist_ok=True)
    # The embedded services are on the same disk.
    check_room(
        settings.home,
        int(load.options.rate * timing.length_s),
        BYTES_SPOOLED + BYTES_PER_BET,
        "lower the rate or --seconds",
    )
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=settings.home) as folder,
        Child(generate, load, way, Path(folder)) as generator,
    ):
        screen.say("bets", "being made before they are due")
        made: Made = generator.receive_last(lambda share: screen.share("bets", share))
        screen.share("bets", 1.0, "made")
        planned = made.counted.planned()
        singles, tickets, rows = made.probe_singles, made.probe_tickets, made.probe_bets
        if isinstance(way, ToApi):
            planned, singles, tickets, rows = (
                by_batch(each, made.counted.bets_at_s, way.batch)
                for each in (planned, singles, tickets, rows)
            )
        looked_at = planned.only(set(watched(list(planned.times_s), load.options.seed)))
        probes = singles | tickets
        everything = looked_at | probes
        with Child(
            observe,
            found,
            list(looked_at.times_s),
            timing.poll_s,
            probes.in_order(),
            rows.in_order() if settings.bet_rows else [],
        ) as observer:
            observer.receive()
            _refuse_old_games(found, everything)
            origin_s = max(made.origin_s, clock.now() + LEAD_S)
            generator.send(origin_s)
            observer.send(origin_s)
            roots = {
                **service_pids(settings), **(others or {}),
                "observer": observer.pid, "generator": generator.pid,
            }  # fmt: skip
            if isinstance(way, ToApi):
                roots["api"] = way.pid
            children = (generator, observer)
            _pass(clock, origin_s, timing.warmup_s, "warm-up", children, screen)
            before = used_s(roots)
            _pass(clock, origin_s + timing.warmup_s, timing.seconds, "measuring", children, screen)
            after = used_s(roots)
            sent: Sent = generator.receive()
            screen.say("last bets", "waited for")
            is_all_there = until_counted(found, everything, timing.patience_s)
            # Rows of bets are written less often than sums.
            clock.sleep(_ROWS_LATER * settings.flush_interval_other_ms / 1000)
            observer.send("stop")
            looks: Looks = observer.receive()
    seen = looks.games
    is_stuck = False
    if work_off and not is_all_there:
        screen.say("backlog", "what is left is worked off before the next")
        is_stuck = not until_worked_off(
            found, everything, timing.patience_s, lambda share: screen.share("backlog", share)
        )
    others_bets = made.counted.bets - made.probe_bets.counts
    bets_per_count = others_bets / max(1, looked_at.counts)
    waiting = backlog(looked_at, seen, origin_s, timing.warmup_s, timing.length_s, bets_per_count)
    matched = match(looked_at, seen, origin_s).between(timing.warmup_s, np.inf)
    of_probes = {
        name: match(each, looks.probe_games, origin_s).between(timing.warmup_s, np.inf)
        for name, each in (("singles", singles), ("tickets", tickets))
    }
    of_rows = match(rows, looks.probe_bets, origin_s).between(timing.warmup_s, np.inf)
    seconds = over_time.by_second(matched, waiting)
    result = {
        **about(load.options),
        "warmup_s": timing.warmup_s,
        "seconds": timing.seconds,
        "bets": made.counted.bets,
        "watched_games": len(looked_at.times_s),
        "hottest_game_share": _hottest(made.counted.games),
        **_latencies(matched),
        "probes_ms": {name: quantiles_of(each) for name, each in of_probes.items()},
        **({"probes_rows_ms": quantiles_of(of_rows)} if settings.bet_rows else {}),
        "missing": matched.unseen + sum(each.unseen for each in of_probes.values()),
        "overcounted": overcounted(looked_at, seen),
        **({"stuck": True} if is_stuck else {}),
        "backlog": waiting.figures(),
        "cpu_percent_of_a_core": percent_of_core(before, after, timing.seconds),
        "generator": _generator(sent.report, timing.warmup_s),
        **({"answered_after_ms": quantiles_ms(sent.answers_s)} if len(sent.answers_s) else {}),
        "observer_gap_ms": quantiles_ms(looks.gaps_s),
        "first_and_last_fifth": over_time.first_and_last(seconds),
        "over_time": seconds,
    }
    return {**result, "why_not": why_not(result), "holds": not why_not(result)}


def why_not(result: dict[str, Any]) -> list[str]:
    """What speaks against saying that the rate was held; [] when it was."""
    rate, p99 = result["rate"], result["latency_ms"]["p99"]
    reasons = []
    if result["missing"]:
        reasons.append(f"{result['missing']:,} counts were not seen in time")
    if p99 is None:
        reasons.append("p99 is not known, as it is one of those")
    elif p99 >= HOLDS_P99_MS:
        reasons.append(f"p99 is {p99:,.0f} ms, not below {HOLDS_P99_MS:,.0f}")
    for name, found in result["probes_ms"].items():
        if found["p99"] is not None and found["p99"] >= HOLDS_P99_MS:
            reasons.append(
                f"p99 of the probes' {name} is {found['p99']:,.0f} ms, not below "
                f"{HOLDS_P99_MS:,.0f}"
            )
    if result["overcounted"]:
        reasons.append(f"{result['overcounted']:,} counts were more than there should be")
    if result.get("stuck"):
        reasons.append("the job then counted nothing more, so no other rate was tried")
    drift = result["backlog"].get("drift_bets_per_s", 0.0)
    if drift > HOLDS_DRIFT * rate:
        reasons.append(f"the backlog grows by {drift:,.0f} bets a second")
    behind = result["generator"]["behind_plan_ms"]["p99"]
    if behind > _BEHIND_MS_MAX:
        reasons.append(f"the generator itself was {behind} ms late (p99): the machine is full")
    return reasons


def _refuse_old_games(found: Endpoints, planned: Planned) -> None:
    if bets := counted(found, planned):
        raise UserError(
            f"The games of this plan have {bets:,} bets already: counts of two runs cannot be told "
            "apart. Give another --seed, or none."
        )


def about(options: Options) -> dict[str, Any]:
    """What was asked for, and of what machine."""
    return {
        "rate": options.rate,
        "games": options.games,
        "speed": options.speed,
        "hot": options.hot,
        "seed": options.seed,
        "cores": os.cpu_count(),
    }


def _pass(
    clock: SystemClock,
    from_s: float,
    seconds: float,
    step: str,
    children: Sequence[Child],
    screen: Screen,
) -> None:
    screen.say(step, f"{seconds:.0f} s")
    while (left_s := from_s + seconds - clock.now()) > 0:
        for child in children:
            child.check()
        screen.share(step, 1 - left_s / seconds)
        clock.sleep(min(left_s, _TICK_S))
    screen.share(step, 1.0)


def quantiles_of(matched: Matched) -> dict[str, Any]:
    """How many there are, and p50 to max in milliseconds."""
    made = histogram.histogram(matched.latency_s)
    return {"counts": len(matched.latency_s), **histogram.quantiles_ms(made, matched.unseen)}


def _latencies(matched: Matched) -> dict[str, Any]:
    return {
        "latency_ms": quantiles_of(matched),
        "histogram": histogram.packed(matched.latency_s),
    }


def _hottest(games: np.ndarray[Any, Any]) -> float:
    """The share of all counts that fall on one game, the most that do."""
    return round(float(np.bincount(games).max() / len(games)), 4) if len(games) else 0.0


def quantiles_ms(values_s: Sequence[float] | Floats) -> dict[str, float]:
    """p50 to max in milliseconds, of seconds; of few, where a histogram has nothing to add."""
    return {
        name: round(float(np.quantile(values_s, share / 100)) * 1000, 2)
        for name, share in histogram.QUANTILES.items()
    }


def _generator(report: Report, from_s: float) -> dict[str, Any]:
    """from_s: what was due before, as all announcements are at once, does not count as late."""
    return {
        "bets": report.bets,
        "records": report.sent,
        "delivered": report.delivered,
        "failures": report.failures,
        "behind_plan_ms": {
            name: round(report.lag_s(share, from_s) * 1000, 1)
            for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
        },
    }
