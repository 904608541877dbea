"""Where a home keeps its source, and which file describes it."""

from __future__ import annotations

from pathlib import Path

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.source.file import Source, load


def folder(settings: Settings) -> Path:
    """Where all that belongs to the source is kept."""
    return settings.home / "source"


def source_of(settings: Settings) -> Source:
    """The source file of the settings. Raises UserError."""
    if settings.mysql_source is None:
        raise UserError("No source is set; name its file by the setting mysql_source.")
    return load(settings.mysql_source)
