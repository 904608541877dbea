"""`betpnl bench`: measures latency, throughput and what they cost, on a stack that runs.

Open loop: every bet has a planned time, and its latency runs from then until MySQL shows it, so
a stack that falls behind is charged for it. Generator and observer are processes of their own
(child.py), whose CPU is shown beside the stack's.

spool.py, load.py      what is sent, made before its time
observe.py             what MySQL shows, and when
matching.py            which planned time a visible count belongs to
measure.py             one measurement; the scenarios are built of it
own.py                 a deployment for scenarios that need one with settings of their own
"""
