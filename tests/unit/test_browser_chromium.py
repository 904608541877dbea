"""The browser that the board's tests run in: where it is, and what is said where it is not."""

from pathlib import Path

import pytest

from betpnl.errors import UserError
from tests.browser import chromium


def test_browser_that_is_not_there_is_told_with_what_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make browser fetches it"):
        chromium.path(tmp_path)


def test_half_a_browser_is_none(tmp_path: Path) -> None:
    launcher = tmp_path / "chromium" / "chromium"
    launcher.parent.mkdir()
    launcher.touch()
    with pytest.raises(UserError, match="make browser fetches it"):
        chromium.path(tmp_path)
