"""Replays real games: bets at the odds of the moment, odds, scores and, at the end, results.

options = Options(seed=1, rate=1000, seconds=60)
replay = plan(options)                       every message with its moment; sends nothing
for message in replay: ...                   topic, key, value, at_s
clock = SystemClock()
report = run(plan(options, origin=start_time(clock)), KafkaSink(bootstrap), clock)
"""

from betpnl.replay.clock import Clock, SystemClock
from betpnl.replay.messages import Block, Message, merged
from betpnl.replay.options import Mix, Options
from betpnl.replay.plan import Plan, plan
from betpnl.replay.sender import Report, run, start_time
from betpnl.replay.sinks import KafkaSink, Nowhere, Sink

__all__ = [
    "Block",
    "Clock",
    "KafkaSink",
    "Message",
    "Mix",
    "Nowhere",
    "Options",
    "Plan",
    "Report",
    "Sink",
    "SystemClock",
    "merged",
    "plan",
    "run",
    "start_time",
]
