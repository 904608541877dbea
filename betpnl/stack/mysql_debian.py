"""Real MySQL out of Debian's packages, unpacked into the cache: no root, nothing installed.

Debian keeps MySQL in its suite `sid` only. A private apt folder fetches the server and all
libraries that it needs from the archive that the machine's own sources name; the server then
runs through the dynamic loader that came along, so the machine's libraries do not matter.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from betpnl.errors import UserError
from betpnl.stack.mysql_server import MysqlServer, Report, version_of

SUITE = "sid"
KEYRINGS = Path("/usr/share/keyrings")
_STAMP = "unpacked"
_TIMEOUT_S = 900


def fetch(cache: Path, report: Report) -> MysqlServer:
    """The unpacked server, fetched on first use. Raises UserError where that cannot be."""
    folder = cache / "mysql"
    if not (folder / _STAMP).is_file():
        # A half-done attempt is worth nothing.
        shutil.rmtree(folder, ignore_errors=True)
        _unpack(folder, report)
    return _server(folder)


def archive_address(targets: str) -> str:
    """The address of Debian's archive, out of `apt-get indextargets` lines `uri release`.

    apt has read the sources, whichever of its formats they are in; security and third-party
    archives have other releases. Raises UserError when Debian's is not among them.
    """
    for line in targets.splitlines():
        uri, _, release = line.partition(" ")
        if re.search(r"/debian(/|$)", uri.rstrip()) and "security" not in uri + release:
            return uri
    raise UserError("apt's sources name no Debian archive, which MySQL comes from.")


def _unpack(folder: Path, report: Report) -> None:
    for tool in ("apt-get", "apt-cache", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise UserError(f"{tool} is not there, with which MySQL is fetched.")
    uris = _run(
        ["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI) $(RELEASE)"]
    )
    config = _private_apt(folder / "apt", archive_address(uris))
    report(f"MySQL: reading the package list of Debian's {SUITE} (11 MB)")
    _run(["apt-get", "-c", config, "update"])
    package = _newest_package(_run(["apt-cache", "-c", config, "pkgnames", "mysql-server-core"]))
    report(f"MySQL: fetching {package} and its libraries (66 MB)")
    _run(["apt-get", "-c", config, "install", "--yes", "--download-only", package])
    debs = sorted((folder / "apt" / "archives").glob("*.deb"))
    report(f"MySQL: unpacking {len(debs)} packages")
    for deb in debs:
        _run(["dpkg-deb", "-x", deb, folder / "tree"])
    shutil.rmtree(folder / "apt")
    version = version_of(_server(folder).command)
    if not version:
        raise UserError("the unpacked mysqld does not start on this machine.")
    (folder / _STAMP).write_text(version, encoding="utf-8")


def _newest_package(names: str) -> str:
    packages = [name for name in names.split() if re.fullmatch(r"mysql-server-core[-0-9.]*", name)]
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


def _private_apt(root: Path, address: str) -> Path:
    for name in ("lists/partial", "archives/partial"):
        (root / name).mkdir(parents=True)
    (root / "status").touch()
    signed_by = KEYRINGS / "debian-archive-keyring.gpg"
    keyring = f"Signed-By: {signed_by}\n" if signed_by.is_file() else ""
    (root / "debian.sources").write_text(
        f"Types: deb\nURIs: {address}\nSuites: {SUITE}\nComponents: main\n{keyring}",
        encoding="utf-8",
    )
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
    if not machine:
        raise UserError(f"there is no MySQL for {platform.machine()}.")
    config = root / "apt.conf"
    # The machine's own settings (proxies, certificates) stay; its hooks and places do not.
    config.write_text(
        "#clear APT::Update::Post-Invoke;\n"
        "#clear APT::Update::Post-Invoke-Success;\n"
        f'Dir::Etc::sourcelist "{root / "debian.sources"}";\n'
        'Dir::Etc::sourceparts "/dev/null";\n'
        'Dir::Etc::preferences "/dev/null";\n'
        'Dir::Etc::preferencesparts "/dev/null";\n'
        f'Dir::State "{root}";\n'
        f'Dir::State::lists "{root / "lists"}";\n'
        f'Dir::State::status "{root / "status"}";\n'
        f'Dir::Cache "{root}";\n'
        f'Dir::Cache::archives "{root / "archives"}";\n'
        f'Dir::Log "{root}";\n'
        f'APT::Architecture "{machine}";\n'
        f'APT::Architectures {{ "{machine}"; }};\n'
        'APT::Install-Recommends "false";\n'
        'Acquire::Languages "none";\n'
        # Started by root, apt would drop to a user that may not write here.
        'APT::Sandbox::User "";\n',
        encoding="utf-8",
    )
    return config


def _run(command: list[str | Path]) -> str:
    """Output of a command, its words in English. Raises UserError with its last complaint."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"{command[0]} took more than {_TIMEOUT_S} s.") from None
    if done.returncode != 0:
        complaints = [line for line in done.stderr.splitlines() if line.startswith("E: ")]
        raise UserError(f"{command[0]} failed: {(complaints or ['no message'])[-1]}.")
    return done.stdout
