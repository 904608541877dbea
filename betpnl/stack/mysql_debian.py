"""Real MySQL out of Debian's packages, unpacked into the cache: no root, nothing installed.

Debian keeps MySQL in its suite `sid` only. A private apt folder fetches the server and all
libraries that it needs from the archive that the machine's own sources name; the server then
runs through the dynamic loader that came along, so the machine's libraries do not matter.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from betpnl.errors import UserError
from betpnl.stack.debian import Apt, Source, machine_sources, unpack
from betpnl.stack.mysql_server import MysqlServer, Report, version_of

SUITE = "sid"
_STAMP = "unpacked"


def fetch(cache: Path, report: Report) -> MysqlServer:
    """The unpacked server, fetched on first use. Raises UserError where that cannot be."""
    folder = cache / "mysql"
    if not (folder / _STAMP).is_file():
        # A half-done attempt is worth nothing.
        shutil.rmtree(folder, ignore_errors=True)
        _unpack(folder, report)
    return _server(folder)


def _unpack(folder: Path, report: Report) -> None:
    archive = machine_sources()[0].uri
    apt = Apt(folder / "apt")
    report(f"MySQL: reading the package list of Debian's {SUITE} (11 MB)")
    apt.update([Source(archive, SUITE)])
    package = _newest_package(apt.names("mysql-server-core"))
    report(f"MySQL: fetching {package} and its libraries ({apt.size_mb([package])} MB)")
    debs = apt.fetch([package])
    report(f"MySQL: unpacking {len(debs)} packages")
    unpack(debs, folder / "tree")
    shutil.rmtree(folder / "apt")
    version = version_of(_server(folder).command)
    if not version:
        raise UserError("the unpacked mysqld does not start on this machine.")
    (folder / _STAMP).write_text(version, encoding="utf-8")


def _newest_package(names: list[str]) -> str:
    packages = [name for name in names if re.fullmatch(r"mysql-server-core[-0-9.]*", name)]
    if not packages:
        raise UserError(f"Debian's {SUITE} has no package mysql-server-core.")
    numbers = {name: [int(n) for n in re.findall(r"\d+", name)] for name in packages}
    # The name without a number follows the newest version.
    return max(packages, key=lambda name: (not numbers[name], numbers[name]))


def _server(folder: Path) -> MysqlServer:
    tree = folder / "tree"
    loader = next((tree / "usr").glob("lib*/**/ld-linux*.so.*"), None)
    mysqld = tree / "usr/sbin/mysqld"
    if loader is None or not mysqld.is_file():
        raise UserError(f"{folder} is incomplete; remove it and run make setup again.")
    libraries = [str(path) for path in (tree / "usr/lib").glob("*-linux-gnu*") if path.is_dir()]
    stamp = folder / _STAMP
    share = tree / "usr/share/mysql"
    return MysqlServer(
        flavour="mysql",
        version=stamp.read_text(encoding="utf-8") if stamp.is_file() else "",
        source=f"Debian {SUITE} package, unpacked",
        command=(str(loader), "--library-path", ":".join(libraries), str(mysqld)),
        options=(
            f"--basedir={tree / 'usr'}",
            f"--lc-messages-dir={share}",
            f"--character-sets-dir={share / 'charsets'}",
            f"--plugin-dir={tree / 'usr/lib/mysql/plugin'}",
        ),
    )
