"""Where the archive lies."""

from __future__ import annotations

from pathlib import Path

from betpnl.settings import Settings


def folder(settings: Settings) -> Path:
    """The setting's folder, else one in the home of all services."""
    return settings.archive_folder or settings.home / "archive"
