"""Where the project stands on disk.

Relative paths in settings are taken from here, so that every command means the same files
whichever folder it is called from.
"""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def in_project(path: Path) -> Path:
    """The path itself when absolute, else the path below the project folder."""
    return path if path.is_absolute() else PROJECT / path
