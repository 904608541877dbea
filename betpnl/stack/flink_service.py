"""The embedded Flink cluster: a JobManager and a TaskManager."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from pathlib import Path

from betpnl.settings import Settings
from betpnl.stack import flink_conf, flink_home, flink_rest, supervisor
from betpnl.stack.memory import private_folder
from betpnl.stack.mysql_server import Report
from betpnl.stack.ports import HOST
from betpnl.stack.service import Launch, Place, Service, java

REST_PORT = ("flink_rest", "flink_rest_port", 8081)
RPC_PORT = ("flink_rpc", "", 6123)


def environment(settings: Settings, *, conf: Path, pids: Path) -> dict[str, str]:
    """The environment that Flink's scripts need."""
    return {
        **os.environ,
        "FLINK_HOME": str(flink_home.path(settings)),
        "FLINK_CONF_DIR": str(conf),
        "FLINK_LOG_DIR": str(settings.home / "logs"),
        "FLINK_PID_DIR": str(pids),
        # These two stand in the names of the log files: the same on every machine.
        "FLINK_IDENT_STRING": "betpnl",
        "HOSTNAME": "local",
        # The scripts call `python` in places, and it must be the one with our packages.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "JAVA_HOME": str(Path(java()).resolve().parents[1]),
    }


class _FlinkProcess(Service):
    wants_ports = (REST_PORT, RPC_PORT)
    script: str
    entry_point: str

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.rest_url = f"http://{HOST}:{place.ports['flink_rest']}"

    @property
    def port(self) -> int:
        """The port of the REST interface and the web UI."""
        return self.place.ports["flink_rest"]

    @property
    def log(self) -> Path:
        """Where Flink's scripts let it log."""
        return self.place.logs / f"flink-betpnl-{self.entry_point}-0-local.log"

    def prepare(self, report: Report) -> Launch:
        """Write the configuration and empty what the last run left in its folder."""
        report("flink: writing its configuration")
        folder = self.settings.home / "flink"
        private_folder(folder)
        conf = folder / self.name
        temporary, pids = folder / "tmp" / self.name, folder / "pids" / self.name
        for path in (temporary, pids):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(parents=True)
        self.place.logs.mkdir(parents=True, exist_ok=True)
        added = {**self.addresses(), "io.tmp.dirs": str(temporary)}
        flink_conf.write(conf, self.settings, added)
        env = environment(self.settings, conf=conf, pids=pids)
        command = (f"{env['FLINK_HOME']}/bin/{self.script}", "start-foreground")
        self._worked.unlink(missing_ok=True)
        supervised = (sys.executable, supervisor.__file__, str(self._worked), *command)
        return Launch(supervised, log=self.log, cwd=folder, env=env)

    def addresses(self) -> dict[str, str]:
        """What is known only at start: where to listen, where to keep things."""
        rest, rpc = self.place.ports["flink_rest"], self.place.ports["flink_rpc"]
        return {
            "jobmanager.rpc.address": HOST,
            "jobmanager.rpc.port": str(rpc),
            "jobmanager.bind-host": HOST,
            "taskmanager.bind-host": HOST,
            "taskmanager.host": HOST,
            "rest.address": HOST,
            "rest.bind-address": HOST,
            "rest.port": str(rest),
            "rest.bind-port": str(rest),
            **flink_conf.folders(self.settings),
            **flink_conf.python_options(self.settings, ours=True),
        }

    @property
    def _worked(self) -> Path:
        return self.settings.home / "flink" / f"{self.name}.worked"

    def once_ready(self) -> None:
        """From now on it is started again when it dies."""
        self._worked.touch()

    def source(self) -> str:
        """Where Flink came from."""
        return "pip package apache-flink"


class JobManager(_FlinkProcess):
    """Takes jobs, coordinates checkpoints, serves the web UI."""

    name = "jobmanager"
    script = "jobmanager.sh"
    entry_point = "standalonesession"

    def answers(self) -> str:
        """Flink's version once the REST interface answers."""
        seen = flink_rest.overview(self.rest_url)
        return str(seen["flink-version"]) if seen else ""


class TaskManager(_FlinkProcess):
    """Runs the job's tasks and the Python workers."""

    name = "taskmanager"
    script = "taskmanager.sh"
    entry_point = "taskexecutor"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        # After a crash the JobManager counts the old one's slots for a while: tell them apart.
        self._id = f"taskmanager-{secrets.token_hex(3)}"

    def addresses(self) -> dict[str, str]:
        """As the JobManager's, with a name of its own for this run."""
        return {**super().addresses(), "taskmanager.resource-id": self._id}

    def answers(self) -> str:
        """Flink's version once the JobManager has this TaskManager's slots."""
        seen = flink_rest.overview(self.rest_url)
        known = flink_rest.taskmanagers(self.rest_url) if seen else set()
        return str(seen["flink-version"]) if seen and self._id in known else ""

    def answers_at_all(self) -> str:
        """Flink's version when there is a TaskManager, whatever its name."""
        seen = flink_rest.overview(self.rest_url)
        return str(seen["flink-version"]) if seen and seen["slots-total"] else ""
