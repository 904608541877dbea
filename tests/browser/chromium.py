"""Debian's Chromium, unpacked into the cache: no root, nothing installed.

It comes from the machine's own release, with its libraries and two fonts, and runs on the
machine's C library alone. `python -m tests.browser.chromium` fetches it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.debian import Apt, machine_sources, unpack

PACKAGES = ("chromium", "fonts-liberation", "fonts-dejavu-core")
# The board must look and behave the same on a machine that has no network.
ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses to run as root with it.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # A container's /dev/shm is small.
)
_STAMP = "unpacked"
# A page needs none of it: 150 MB.
_UNUSED = ("doc", "icons", "locale", "man", "perl")

_LAUNCHER = """\
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="{libraries}"
export FONTCONFIG_FILE="$here/fonts.conf"
export XDG_CACHE_HOME="$here/cache" XDG_CONFIG_HOME="$here/config"
exec "$here/tree/usr/lib/chromium/chromium" "$@"
"""
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">tree/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>Liberation Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Liberation Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Liberation Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Liberation Mono</family></prefer></alias>
</fontconfig>
"""


def path(cache: Path) -> Path:
    """The browser's executable. Raises UserError with what to do when it is not there."""
    folder = cache / "chromium"
    if not (folder / _STAMP).is_file():
        raise UserError(f"there is no browser in {folder}; make browser fetches it.")
    return folder / "chromium"


def fetch(cache: Path, report: Callable[[str], None]) -> Path:
    """The browser's executable, fetched on first use. Raises UserError where that cannot be."""
    folder = cache / "chromium"
    if not (folder / _STAMP).is_file():
        # A half-done attempt is worth nothing.
        shutil.rmtree(folder, ignore_errors=True)
        _unpack(folder, report)
    return path(cache)


def _unpack(folder: Path, report: Callable[[str], None]) -> None:
    apt = Apt(folder / "apt")
    sources = machine_sources()
    report(f"Chromium: reading the package lists of Debian's {sources[0].suite} (9 MB)")
    apt.update(sources)
    report(f"Chromium: fetching it, its libraries and fonts ({apt.size_mb(PACKAGES)} MB)")
    debs = apt.fetch(PACKAGES)
    report(f"Chromium: unpacking {len(debs)} packages")
    tree = folder / "tree"
    # The C library must fit the machine's dynamic loader, so it is the machine's.
    unpack([deb for deb in debs if not deb.name.startswith("libc6_")], tree)
    shutil.rmtree(folder / "apt")
    for name in _UNUSED:
        shutil.rmtree(tree / "usr/share" / name, ignore_errors=True)
    (folder / "fonts.conf").write_text(_FONTS, encoding="utf-8")
    launcher = folder / "chromium"
    libraries = [
        f"$here/{path.relative_to(folder)}"
        for place in ("lib", "usr/lib")
        for pattern in ("*-linux-gnu*", "*-linux-gnu*/pulseaudio")
        for path in sorted((tree / place).glob(pattern))
    ]
    launcher.write_text(_LAUNCHER.format(libraries=":".join(libraries)), encoding="utf-8")
    launcher.chmod(0o755)
    started = subprocess.run([launcher, "--version"], capture_output=True, text=True, timeout=60)
    if started.returncode != 0:
        raise UserError(f"the unpacked Chromium does not start: {started.stderr.strip()}.")
    (folder / _STAMP).write_text(started.stdout.strip(), encoding="utf-8")


def main() -> None:
    """Fetch it into the cache; prints each step."""

    def say(line: str) -> None:
        sys.stdout.write(f"  {line}\n")
        sys.stdout.flush()

    cache = Settings.load().cache
    fetch(cache, say)
    say((cache / "chromium" / _STAMP).read_text(encoding="utf-8"))


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"betpnl browser: {error} It is needed for the browser tests only.")
