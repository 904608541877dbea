"""A home for Flink: the cluster of the pip package, with our jars in its lib/.

What lies in lib/ is loaded once; brought along by each job it would be loaded again each time,
until the TaskManager's Metaspace is full (seen at the seventh job).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import threading
from pathlib import Path

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.service import jars

_building = threading.Lock()


def path(settings: Settings) -> Path:
    """The home, built or renewed where what it is made of has changed. Raises UserError."""
    with _building:
        return _path(settings)


def _path(settings: Settings) -> Path:
    home = settings.cache / "flink"
    if any(letter.isspace() for letter in str(home)):
        raise UserError(
            f"Flink's start scripts do not take a blank in a path; set cache to a folder without "
            f"({settings.cache})."
        )
    package = package_folder()
    links = _links(package, settings)
    stamp = "\n".join([str(package), *map(str, links.values())])
    stamp_file = home / ".stamp"
    if stamp_file.is_file() and stamp_file.read_text(encoding="utf-8") == stamp:
        return home
    making = settings.cache / f"flink.making.{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    # Copies: the scripts find their home from where they really lie, and pip leaves them
    # without the right to be executed.
    shutil.copytree(package / "bin", making / "bin")
    for script in (making / "bin").iterdir():
        script.chmod(0o755)
    for name, target in links.items():
        link = making / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    (making / "plugins").mkdir()
    (making / ".stamp").write_text(stamp, encoding="utf-8")
    shutil.rmtree(home, ignore_errors=True)
    making.rename(home)
    return home


def package_folder() -> Path:
    """Where the pip package `apache-flink` lies. Raises UserError when it is not installed."""
    spec = importlib.util.find_spec("pyflink")
    if spec is None or not spec.submodule_search_locations:
        raise UserError("The package apache-flink is not installed; run make setup.")
    return Path(spec.submodule_search_locations[0])


def version() -> str:
    """The version of Flink."""
    return importlib.metadata.version("apache-flink")


def _links(package: Path, settings: Settings) -> dict[str, Path]:
    flink_python = next((package / "opt").glob("flink-python-*.jar"))
    lib = [
        *(package / "lib").glob("*.jar"),
        *jars(settings, "flink-lib").glob("*.jar"),
        flink_python,
    ]
    # `flink run -py` looks for flink-python in opt/ as well.
    opt = [*(package / "opt").glob("*.jar"), *jars(settings, "flink-opt").glob("*.jar")]
    return {
        **{f"lib/{jar.name}": jar for jar in sorted(lib)},
        **{f"opt/{jar.name}": jar for jar in sorted(opt)},
    }
