"""Whether the rate holds as state grows: open bets by the million, none of them ever settled."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from betpnl.bench.backlog import slope
from betpnl.bench.child import Child
from betpnl.bench.cluster import cluster
from betpnl.bench.cpu import percent_of_core, service_pids, used_s
from betpnl.bench.own import submitted, until_running
from betpnl.bench.screen import Screen
from betpnl.bench.sending import Bets, send_ahead
from betpnl.contract.topics import BETS
from betpnl.errors import UserError
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import endpoints, flink_rest

_LOOK_S = 0.25
# Enough that the job never waits for the generator, few enough that it stops soon when it does.
_AHEAD = 200_000
_EDGE = 3


@dataclass(frozen=True)
class Wish:
    """bets: how many there are in the end, on so many games. step: a rate is taken of each.
    patience_s: for the next bet to be counted."""

    bets: int
    games: int
    step: int
    patience_s: float


def state(settings: Settings, wish: Wish, screen: Screen, runs: list[dict[str, Any]]) -> None:
    """Submit the job, send open bets as fast as it takes them, and take the rate of each step.

    settings: of a deployment whose job does not run. runs: gets the one run with its first step.
    Raises UserError when no bet is counted for too long.
    """
    job = submitted(settings, screen)
    until_running(settings, job, screen)
    found = endpoints(settings)
    flink = cluster(found.flink_rest_url, job)
    tag = f"state-{time.time():.0f}"
    games = tuple(f"{tag}-{number}" for number in range(wish.games))
    what = Bets(found.kafka_bootstrap, settings.topic_prefix + BETS.name, tag, games)
    steps: list[dict[str, Any]] = []
    with (
        Child(send_ahead, what, wish.bets) as sender,
        connect(found, read_only=True) as connection,
        connection.cursor() as cursor,
    ):
        roots = {**service_pids(settings), "generator": sender.pid}

        def counted() -> int:
            cursor.execute("SELECT COALESCE(SUM(bets), 0) FROM game_placed")
            return int((cursor.fetchone() or (0,))[0])

        screen.say("open bets", f"{wish.bets:,} being sent")
        there, moved_s = 0, time.monotonic()
        from_bets, from_s, before = 0, time.monotonic(), used_s(roots)
        sender.send(_AHEAD)
        while there < wish.bets:
            time.sleep(_LOOK_S)
            now, now_s = counted(), time.monotonic()
            if now > there:
                there, moved_s = now, now_s
                sender.send(there + _AHEAD)
            elif now_s - moved_s > wish.patience_s:
                raise UserError(
                    f"no bet was counted for {wish.patience_s:.0f} s after {there:,} (--patience)."
                )
            screen.share("open bets", there / wish.bets, f"{there:,} of {wish.bets:,}")
            if there - from_bets >= wish.step or there >= wish.bets:
                after = used_s(roots)
                steps.append(
                    {
                        "open_bets": there,
                        "bets_per_s": round((there - from_bets) / (now_s - from_s)),
                        "cpu_percent_of_a_core": percent_of_core(before, after, now_s - from_s),
                        "checkpoint_bytes": _checkpoint_bytes(found.flink_rest_url),
                    }
                )
                from_bets, from_s, before = there, now_s, after
                runs[:] = [
                    {
                        "open_bets": there,
                        "games": wish.games,
                        "state_backend": settings.state_backend,
                        "flink": flink,
                        **trend(steps),
                        "steps": steps,
                    }
                ]


def trend(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The rate at first and at last, and what each million of open bets costs of it.

    The first step is left out where there are others: the job warms up in it. Rates are means of
    up to three steps each.
    """
    warm = steps[1:] or steps
    open_bets = np.array([step["open_bets"] for step in warm]) / 1e6
    rates = np.array([step["bets_per_s"] for step in warm], dtype=float)
    # No step is in both, however few there are.
    edge = max(1, min(_EDGE, len(warm) // 2))
    first, last = float(rates[:edge].mean()), float(rates[-edge:].mean())
    return {
        "bets_per_s_first_and_last": [round(first), round(last)],
        "last_over_first": round(last / first, 3) if first else None,
        "bets_per_s_by_million_open": round(slope(open_bets, rates), 1),
    }


def _checkpoint_bytes(url: str) -> int | None:
    job = flink_rest.live_job(url)
    if job is None:
        raise UserError("The job has ended; Flink's logs say why.")
    latest = flink_rest.get(url, f"/jobs/{job['jid']}/checkpoints")["latest"]["completed"]
    return None if not latest else int(latest.get("full_size") or latest["state_size"])
