"""Flink's own command line programs, pointed at the cluster in use."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import flink_conf, flink_service
from betpnl.stack.memory import machine_folder, private_folder
from betpnl.stack.resolve import endpoints

# What the job's functions import on the machines of a cluster that is not ours.
PACKAGES = ("betpnl", "udfs")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FAILURES = ("Exception in thread", "Failed to initialize")
_QUOTED_OR_END = re.compile(r"('(?:[^']|'')*'|`[^`]*`|--[^\n]*|/\*.*?\*/|;)", re.DOTALL)


def environment(settings: Settings, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """The environment for `flink` and `sql-client.sh`: our conf/, our Python, our settings.

    without: keys that the configuration leaves out, for what has no value that means `off`.
    """
    folder = settings.home / "flink"
    private_folder(folder)
    ours = not settings.flink_rest_url
    parts = urlsplit(endpoints(settings).flink_rest_url)
    # Only where the cluster answers: where it listens would bind the SQL client's own server.
    addresses = {
        "rest.address": parts.hostname or "",
        "rest.port": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "security.ssl.rest.enabled": str(parts.scheme == "https").lower(),
        # PyFlink's own place, /tmp/pyflink, belongs to the first user who ever came.
        "env.java.opts.client": f"-Djava.io.tmpdir={machine_folder()}",
        **flink_conf.python_options(settings, ours=ours),
        # Another cluster keeps its checkpoints where its own configuration says.
        **(flink_conf.folders(settings) if ours else {}),
    }
    conf = folder / ("client" if not without else "client-sql")
    flink_conf.write(conf, settings, addresses, without=without)
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


def open_sql_client(settings: Settings, arguments: Sequence[str]) -> int:
    """Run the SQL client in this terminal; Ctrl-C is the client's. Returns its code."""
    with _sql_client(settings, arguments) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def run_sql_file(
    settings: Settings, arguments: Sequence[str], file: Path, show: Callable[[str], None]
) -> bool:
    """Run the statements of a file, each line of output to `show`; False if one failed.

    The client itself stops at the first error but ends with 0 all the same.
    """
    ok = True
    with _sql_client(settings, [*arguments, "--file", str(file)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for raw in child.stdout:
            line = _COLOUR.sub("", raw.decode("utf-8", "replace").rstrip("\n"))
            ok = ok and "[ERROR]" not in line and not line.startswith(_FAILURES)
            show(line)
    return ok and child.returncode == 0


def one_a_line(statements: str) -> str:
    """Statements with a line break after each `;`: the client splits nowhere else."""
    parts = _QUOTED_OR_END.split(statements.strip().rstrip(";") + "\n;")
    return "".join(";\n" if part == ";" else part for part in parts)


def _sql_client(
    settings: Settings, arguments: Sequence[str], stdout: int | None = None
) -> subprocess.Popen[bytes]:
    # A question over the live stream needs no checkpoints.
    env = environment(settings, without=("execution.checkpointing.interval",))
    # Without a terminal the client warns of just that.
    stderr = subprocess.DEVNULL if stdout else None
    command = [f"{env['FLINK_HOME']}/bin/sql-client.sh", *arguments]
    return subprocess.Popen(command, env=env, stdout=stdout, stderr=stderr)


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
