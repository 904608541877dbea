"""Deployments that several tests share: bringing one up takes most of a minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.world import World, running


@pytest.fixture(scope="session", params=[1000, 1], ids=["batched", "row by row"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The whole of betpnl on real MySQL; once with every row flushed on its own, which shows
    each change that a batch would have swallowed."""
    home = tmp_path_factory.mktemp("home")
    with running(home, flush_max_rows=request.param) as ready:
        yield ready
