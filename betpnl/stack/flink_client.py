"""Flink's own command line programs, pointed at the cluster in use."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import flink_conf, flink_service

# What the job's functions import on the machines of a cluster that is not ours.
PACKAGES = ("betpnl", "udfs")


def environment(settings: Settings) -> dict[str, str]:
    """The environment for `flink` and `sql-client.sh`: our conf/, our Python, our settings."""
    folder = settings.home / "flink"
    conf = flink_service.conf_folder(settings)
    if settings.flink_rest_url:
        conf = folder / "client"
        parts = urlsplit(settings.flink_rest_url)
        flink_conf.write(
            conf,
            settings,
            {
                "rest.address": parts.hostname or "",
                "rest.port": str(parts.port or (443 if parts.scheme == "https" else 80)),
                "security.ssl.rest.enabled": str(parts.scheme == "https").lower(),
                **flink_conf.python_options(settings, ours=False),
            },
        )
    pids = folder / "pids" / "client"
    pids.mkdir(parents=True, exist_ok=True)
    (settings.home / "logs").mkdir(parents=True, exist_ok=True)
    return {
        **flink_service.environment(settings, conf=conf, pids=pids),
        **settings.environment(),
    }


def python_arguments(settings: Settings) -> list[str]:
    """Our code for the cluster's Python; nothing for our own cluster, which has it installed."""
    if not settings.flink_rest_url:
        return []
    return ["-pyfs", str(packed(settings.home / "flink" / "betpnl.zip"))]


def packed(archive: Path) -> Path:
    """Our packages as a zip file that Python can import from."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for package in PACKAGES:
            for source in sorted((PROJECT / package).rglob("*.py")):
                target.write(source, source.relative_to(PROJECT))
    return archive


def run(settings: Settings, script: str, arguments: Sequence[str]) -> int:
    """Run one of Flink's scripts in this terminal; Ctrl-C is the script's. Returns its code."""
    env = environment(settings)
    child = subprocess.Popen([f"{env['FLINK_HOME']}/bin/{script}", *arguments], env=env)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def capture(settings: Settings, script: str, arguments: Sequence[str]) -> tuple[int, str]:
    """Run one of Flink's scripts; return its code and all that it printed."""
    env = environment(settings)
    done = subprocess.run(
        [f"{env['FLINK_HOME']}/bin/{script}", *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=os.fspath(PROJECT),
    )
    return done.returncode, done.stdout
