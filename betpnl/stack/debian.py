"""Debian's packages, unpacked into a folder: no root, nothing installed.

A private apt folder fetches a package and all that it depends on from the archive that the
machine's own sources name, and leaves the machine's apt as it is.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from betpnl.errors import UserError

KEYRINGS = Path("/usr/share/keyrings")
_TIMEOUT_S = 900


class Source(NamedTuple):
    """One suite of one archive, e.g. bookworm-updates. uri: where that archive is."""

    uri: str
    suite: str


def release_sources(targets: str) -> list[Source]:
    """The machine's Debian release, its updates and security fixes; the release itself is first.

    targets: lines `uri release` of `apt-get indextargets`: apt has read the sources, whichever
    of its formats they are in. Third-party archives, backports and other releases are left out.
    Raises UserError when Debian's archive is not among them.
    """
    named = [Source(*line.split()) for line in targets.splitlines() if len(line.split()) == 2]
    debians = [source for source in named if re.search(r"/debian(-security)?(/|$)", source.uri)]
    release = next((s for s in debians if "security" not in s.uri + s.suite), None)
    if release is None:
        raise UserError("apt's sources name no Debian archive.")
    suites = [release.suite + end for end in ("", "-updates", "-security")]
    return [release, *dict.fromkeys(s for s in debians if s.suite in suites and s != release)]


def machine_sources() -> list[Source]:
    """This machine's `release_sources`. Raises UserError where there are none."""
    for tool in ("apt-get", "apt-cache", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise UserError(f"{tool} is not there, with which Debian's packages are fetched.")
    return release_sources(
        run(["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI) $(RELEASE)"])
    )


@dataclass(frozen=True)
class Apt:
    """A private apt in a folder of its own, which may be removed when all is unpacked."""

    root: Path

    @property
    def _config(self) -> Path:
        return self.root / "apt.conf"

    def update(self, sources: Iterable[Source]) -> None:
        """Read the package lists of these sources. Raises UserError when that fails."""
        for name in ("lists/partial", "archives/partial"):
            (self.root / name).mkdir(parents=True)
        (self.root / "status").touch()
        signed_by = KEYRINGS / "debian-archive-keyring.gpg"
        keyring = f"Signed-By: {signed_by}\n" if signed_by.is_file() else ""
        (self.root / "debian.sources").write_text(
            "\n".join(
                f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\n{keyring}"
                for uri, suite in sources
            ),
            encoding="utf-8",
        )
        self._config.write_text(_config(self.root), encoding="utf-8")
        run(["apt-get", "-c", self._config, "update"])

    def names(self, prefix: str) -> list[str]:
        """The packages whose names begin so."""
        return run(["apt-cache", "-c", self._config, "pkgnames", prefix]).split()

    def size_mb(self, packages: Sequence[str]) -> int:
        """What is to be fetched for these packages and all that they depend on."""
        lines = run([*self._install(packages), "--print-uris"]).splitlines()
        # 'address' name size hash
        return sum(int(line.split()[2]) for line in lines if line.startswith("'")) // 1_000_000

    def fetch(self, packages: Sequence[str]) -> list[Path]:
        """The .deb files of these packages and of all that they depend on."""
        run([*self._install(packages), "--download-only"])
        return sorted((self.root / "archives").glob("*.deb"))

    def _install(self, packages: Sequence[str]) -> list[str | Path]:
        return ["apt-get", "-c", self._config, "install", "--yes", *packages]


def unpack(debs: Iterable[Path], tree: Path) -> None:
    """Unpack packages into one tree, as the root folder would hold them."""
    for deb in debs:
        run(["dpkg-deb", "-x", deb, tree])


def _config(root: Path) -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
    if not machine:
        raise UserError(f"Debian's packages for {platform.machine()} are not known here.")
    # The machine's own settings (proxies, certificates) stay; its hooks and places do not.
    return (
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
        'APT::Sandbox::User "";\n'
    )


def run(command: Sequence[str | Path]) -> str:
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
