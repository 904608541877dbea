"""What runs, and where it can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from betpnl.errors import UserError
from betpnl.job.options import JOB_NAME
from betpnl.settings import Settings
from betpnl.stack import external, flink_rest
from betpnl.stack.control import NAMES, SERVICES, embedded
from betpnl.stack.memory import Memory
from betpnl.stack.ports import HOST
from betpnl.stack.process import is_alive
from betpnl.stack.resolve import endpoints
from betpnl.stack.service import Place

_ADDRESSES = {
    "mysql": "mysql_url",
    "kafka": "kafka_bootstrap",
    "jobmanager": "flink_rest_url",
    "taskmanager": "flink_rest_url",
}


@dataclass(frozen=True)
class ServiceStatus:
    """One service as it stands now.

    state: running, not answering, crashed, stopped. log: '' for a service that is not ours.
    problems: what is wrong though it answers. news: how far its work is.
    """

    name: str
    state: str
    version: str = ""
    address: str = ""
    source: str = ""
    pid: int | None = None
    log: str = ""
    problems: tuple[str, ...] = ()
    news: str = ""


def status(settings: Settings) -> list[ServiceStatus]:
    """Every service, ours or not, asked right now."""
    memory = Memory.read(settings.home)
    ours = {service.name for service in embedded(settings)}
    return [
        embedded_status(settings, memory, name) if name in ours else _elsewhere(settings, name)
        for name in NAMES
        if (name in ours and not _is_unasked(memory, name)) or name in _ADDRESSES
    ]


def job_state(settings: Settings) -> str:
    """The newest job of ours and its state, in words; '' when no cluster answers."""
    try:
        url = settings.flink_rest_url or endpoints(settings).flink_rest_url
    except UserError:
        return ""
    if flink_rest.overview(url) is None:
        return ""
    mine = (job for job in flink_rest.jobs(url) if job["name"] == JOB_NAME)
    newest = next(mine, None)
    return f"{newest['state']} ({newest['jid']})" if newest else "not submitted"


def _is_unasked(memory: Memory, name: str) -> bool:
    """Whether a service runs on request only, and nobody has asked for it."""
    kind = next(service for service in SERVICES if service.name == name)
    known = memory.services.get(name)
    return kind.on_request and (known is None or known.process is None)


def embedded_status(settings: Settings, memory: Memory, name: str) -> ServiceStatus:
    """A service that this home starts, asked right now."""
    known = memory.services.get(name)
    if known is None or known.process is None:
        return ServiceStatus(name, "stopped", log=known.log if known else "")
    kind = next(service for service in SERVICES if service.name == name)
    alive = is_alive(known.process)
    service = kind(Place(settings, memory.ports))
    version = service.answers_at_all() if alive else ""
    state = "crashed" if not alive else "running" if version else "not answering"
    scheme = "http://" if name in ("jobmanager", "taskmanager", "board") else ""
    return ServiceStatus(
        name,
        state,
        version=version or known.version,
        address=f"{scheme}{HOST}:{known.port}" if known.port else "",
        source=known.source,
        pid=known.process.pid if alive else None,
        log=known.log,
        problems=tuple(service.problems()) if version else (),
        news=service.news() if version else "",
    )


def _elsewhere(settings: Settings, name: str) -> ServiceStatus:
    setting = _ADDRESSES[name]
    address = str(getattr(settings, setting))
    try:
        version = external.version(settings, name)
    except UserError:
        return ServiceStatus(name, "not answering", address=address, source=f"setting {setting}")
    return ServiceStatus(
        name, "running", version=version, address=address, source=f"setting {setting}"
    )
