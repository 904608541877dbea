"""Where the project stands on disk.

Relative paths in settings are taken from here, so that every command means the same files
whichever folder it is called from.
"""

from pathlib import Path


def _project() -> Path:
    around = Path(__file__).resolve().parents[1]
    # In the archive that a cluster of others is given there are only packages; whoever submits
    # it works from the project's folder.
    return around if (around / "sql").is_dir() else Path.cwd()


PROJECT = _project()


def in_project(path: Path) -> Path:
    """The path itself when absolute, else the path below the project folder."""
    return path if path.is_absolute() else PROJECT / path
