"""How new the figures are, in one sentence."""

from __future__ import annotations

from betpnl.watch import texts
from betpnl.watch.state import STALE_S, Health, State


def health(state: State, now_s: float) -> Health:
    """Judge a state at a moment of the monotonic clock."""
    since_s = now_s - state.read_s
    if state.problem:
        sentence = state.problem.rstrip(".")
        if state.reading is not None:
            sentence += f"; figures are {texts.age(since_s)} old"
        return Health(False, f"{sentence}. Trying again.")
    if state.asked_s is not None and now_s - state.asked_s > STALE_S:
        return Health(False, f"MySQL has not answered for {texts.age(now_s - state.asked_s)}.")
    if state.reading is None:
        return Health(True, "asking MySQL")
    if state.reading.age_s is None:
        return Health(True, "no bet yet")
    age_s = state.reading.age_s + since_s
    if age_s > STALE_S:
        return Health(False, f"no new figure for {texts.age(age_s)}")
    return Health(True, f"newest figure {texts.age(age_s)} old")
