"""How the games end that are still open when a demo is cut short: as they really did, at once.

Without that they would stay open for good, and their bets at risk on every later screen.
"""

from __future__ import annotations

from collections.abc import Iterator

from betpnl.replay import Block, Plan
from betpnl.replay.announcements import Announcer
from betpnl.replay.timeline import Moment, Step


def endings(plan: Plan, now_s: float) -> Iterator[Block]:
    """Final scores and results of every game whose book has opened by `now_s`."""
    announcer = Announcer(plan.origin)
    opened: dict[int, Moment] = {}
    for moment in plan.timeline.moments:
        if moment.at_s > now_s:
            break
        # Said already, or just about to be: these endings must be newer versions.
        for _ in announcer.blocks(moment):
            pass
        if moment.step is Step.END:
            opened.pop(moment.fixture.number, None)
        elif moment.step is Step.OPEN:
            opened[moment.fixture.number] = moment
    for moment in opened.values():
        yield from announcer.blocks(moment._replace(at_s=now_s, step=Step.END, checkpoint=None))
