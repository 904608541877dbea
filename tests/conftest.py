"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# No test asserts a time: a machine may be busy with something else.
settings.register_profile("betpnl", deadline=None)
settings.load_profile("betpnl")
