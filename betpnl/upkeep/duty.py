"""What a duty is."""

from __future__ import annotations

from typing import Protocol


class NotYetError(Exception):
    """There is nothing to do yet, and nothing is wrong."""


class Duty(Protocol):
    """Something that is done again and again beside the job. One thread runs one duty."""

    name: str

    def step(self) -> float:
        """Do what is due; seconds until it wants to be asked again.

        Raises what its servers raise: the caller says so, waits, and asks again. Raises
        NotYetError when there is nothing to work on: the caller waits and asks again.
        """

    def close(self) -> None:
        """Let go of what it holds; it may be asked again afterwards."""
