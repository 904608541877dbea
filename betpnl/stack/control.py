"""Starts and stops the services, all at once, and keeps account of what it started."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import checkpoint, external, ports
from betpnl.stack.board_service import Board
from betpnl.stack.endpoints import Endpoints
from betpnl.stack.flink_service import JobManager, TaskManager
from betpnl.stack.interrupt import interruptible
from betpnl.stack.kafka_service import Kafka
from betpnl.stack.memory import Memory, exclusive, is_held, machine_folder, private_folder
from betpnl.stack.mysql_service import Mysql
from betpnl.stack.process import Identity, end, is_alive, spawn, tail
from betpnl.stack.resolve import endpoints
from betpnl.stack.service import Place, Service
from betpnl.stack.source_service import Connect, Mapper
from betpnl.stack.upkeep_service import Upkeep

Report = Callable[[str, str], None]
"""Takes a service's name and a line on how far it is."""

SERVICES: tuple[type[Service], ...] = (
    Mysql,
    Kafka,
    JobManager,
    TaskManager,
    Connect,
    Mapper,
    Upkeep,
    Board,
)
NAMES = tuple(service.name for service in SERVICES)
POLL_S = 0.1
LOCK = "stack.lock"


def _silent(service: str, line: str) -> None:
    del service, line


def embedded(settings: Settings) -> tuple[type[Service], ...]:
    """The services that are ours to run: those for which no address is set, and a source's if
    there is one."""
    no_source = settings.mysql_source is None
    elsewhere = {
        "mysql": settings.mysql_url,
        "kafka": settings.kafka_bootstrap,
        "jobmanager": settings.flink_rest_url,
        "taskmanager": settings.flink_rest_url,
        "connect": no_source,
        "mapper": no_source,
    }
    return tuple(service for service in SERVICES if not elsewhere.get(service.name))


def start(
    settings: Settings, *, names: Sequence[str] | None = None, report: Report = _silent
) -> None:
    """Start what does not run yet, all at once; return when everything answers.

    names: only these services. Raises UserError, after stopping what this call started, when
    a service dies, does not answer in time, or a port that the user set is in use.
    """
    _bring_up(settings, names, report)


def stop(
    settings: Settings,
    *,
    names: Sequence[str] | None = None,
    kill: bool = False,
    report: Report = _silent,
) -> list[str]:
    """End exactly what was started, all at once; return the names of what was running.

    names: only these services. kill: no time to clean up, as a crash would. A job that has had
    no checkpoint yet is given one, so that the next start has something to go on from.
    """
    with _exclusive(settings):
        memory = Memory.read(settings.home)
        chosen = _chosen(NAMES, names)
        if not kill and JobManager.name in chosen and _runs(memory, JobManager.name):
            url = JobManager(Place(settings, memory.ports)).rest_url
            checkpoint.take_first(settings, url, lambda line: report("job", line))
        return _stop(settings, memory, chosen, kill, report)


@contextmanager
def running(
    settings: Settings,
    *,
    names: Sequence[str] | None = None,
    also: Sequence[str] = (),
    report: Report = _silent,
) -> Iterator[Endpoints]:
    """The services for the length of a block; those that it had to start end with it.

    also: names of services that are started on request only.

    They also end on Ctrl-C, SIGTERM and a closed terminal, which the block sees as
    KeyboardInterrupt. From another thread than the main one, no signal is handled.
    """
    with interruptible() as uninterruptible:
        wanted = [*(names or _by_default()), *also]
        started = _bring_up(settings, wanted, report)
        try:
            yield endpoints(settings)
        finally:
            uninterruptible()
            stop(settings, names=started, report=report)


def _bring_up(settings: Settings, names: Sequence[str] | None, report: Report) -> list[str]:
    """Start what does not run; return the names of what was started."""
    names = _by_default() if names is None else names
    external.check(settings, names, report)
    with _exclusive(settings):
        memory = Memory.read(settings.home)
        kinds = [kind for kind in embedded(settings) if kind.name in _chosen(NAMES, names)]
        absent = [kind for kind in kinds if not _runs(memory, kind.name)]
        for kind in kinds:
            if kind not in absent:
                report(kind.name, "running already")
        _sweep(settings, memory, absent)
        with _choosing_ports(settings.home) as taken:
            _choose_ports(settings, memory, absent, taken)
            memory.save()
        services = [kind(Place(settings, memory.ports)) for kind in absent]
        stopping = threading.Event()
        try:
            with ThreadPoolExecutor(max_workers=max(1, len(services))) as pool:
                try:
                    work = [
                        pool.submit(_start_one, service, memory, stopping, report)
                        for service in services
                    ]
                    errors = [error for each in work if (error := each.exception()) is not None]
                except BaseException:
                    stopping.set()
                    raise
            if errors:
                raise _first(errors)
        except BaseException:
            _stop(settings, memory, [kind.name for kind in absent], False, report)
            raise
    return [kind.name for kind in absent]


def _by_default() -> list[str]:
    return [service.name for service in SERVICES if not service.on_request]


def _first(errors: list[BaseException]) -> BaseException:
    """The error that tells most: one service's own words before `others failed`."""
    return next((error for error in errors if not isinstance(error, _GaveUpError)), errors[0])


class _GaveUpError(UserError):
    """A service that was not waited for any longer, because another one failed."""


def _start_one(service: Service, memory: Memory, stopping: threading.Event, report: Report) -> None:
    try:
        _start_and_wait(service, memory, stopping, report)
    except _GaveUpError:
        report(service.name, "given up")
        raise
    except BaseException:
        stopping.set()
        report(service.name, "failed")
        raise


def _start_and_wait(
    service: Service, memory: Memory, stopping: threading.Event, report: Report
) -> None:
    settings, name = service.settings, service.name
    report(name, "preparing")
    launch = service.prepare(lambda line: report(name, line))
    if stopping.is_set():
        raise _GaveUpError(f"{name} was not started.")
    report(name, "starting")
    process = spawn(
        launch.command, log=launch.log, env=launch.env, cwd=launch.cwd, mark=str(settings.home)
    )
    known = memory.service(name)
    known.process, known.port, known.log = process, service.port, str(launch.log)
    known.source = service.source()
    memory.save()
    began = time.monotonic()
    while not (version := service.answers()):
        if process is None or not is_alive(process):
            raise UserError(
                f"{name} died at start; its log {launch.log} ends with:\n{tail(launch.log)}"
            )
        if time.monotonic() - began > settings.start_timeout_s:
            raise UserError(
                f"{name} does not answer after {settings.start_timeout_s} s (start_timeout_s); "
                f"its log {launch.log} ends with:\n{tail(launch.log)}"
            )
        if stopping.wait(POLL_S):
            raise _GaveUpError(f"{name} was stopped while it started.")
    service.once_ready()
    known.version = version
    memory.save()
    where = f" on port {service.port}" if service.port else ""
    report(name, f"ready: {version}{where}")


def _stop(
    settings: Settings, memory: Memory, names: Sequence[str], kill: bool, report: Report
) -> list[str]:
    targets: list[tuple[str, Identity]] = []
    for name in names:
        process = memory.services[name].process if name in memory.services else None
        if process is not None:
            targets.append((name, process))

    def one(target: tuple[str, Identity]) -> str:
        name, process = target
        was_running = is_alive(process)
        report(name, "stopping")
        mark = str(settings.home)
        graceful = end(process, mark=mark, timeout_s=settings.stop_timeout_s, kill=kill)
        memory.services[name].process = None
        memory.save()
        report(name, "stopped" if graceful or not was_running else "killed")
        return name if was_running else ""

    with ThreadPoolExecutor(max_workers=max(1, len(targets))) as pool:
        return [name for name in pool.map(one, targets) if name]


def _sweep(settings: Settings, memory: Memory, absent: Sequence[type[Service]]) -> None:
    """End what a crashed service left in its session: it may hold the port, or the data."""
    for kind in absent:
        known = memory.services.get(kind.name)
        if known is not None and known.process is not None:
            mark, timeout_s = str(settings.home), settings.stop_timeout_s
            end(known.process, mark=mark, timeout_s=timeout_s, kill=True)


def _choose_ports(
    settings: Settings, memory: Memory, absent: Sequence[type[Service]], taken: set[int]
) -> None:
    present = [kind for kind in SERVICES if _runs(memory, kind.name)]
    kept = {name for kind in present for name, _, _ in kind.wants_ports}
    taken = taken | {memory.ports[name] for name in kept}
    for name, setting, preferred in dict.fromkeys(p for kind in absent for p in kind.wants_ports):
        if name not in kept:
            memory.ports[name] = ports.choose(
                setting or "home",
                getattr(settings, setting) if setting else 0,
                memory.ports.get(name),
                preferred,
                taken,
                must_keep=bool(present),
            )


def _runs(memory: Memory, name: str) -> bool:
    known = memory.services.get(name)
    return known is not None and known.process is not None and is_alive(known.process)


def _chosen(all_names: Sequence[str], names: Sequence[str] | None) -> list[str]:
    if names is None:
        return list(all_names)
    unknown = sorted(set(names) - set(all_names))
    if unknown:
        raise UserError(f"There is no service {unknown[0]}; there are {', '.join(all_names)}.")
    return [name for name in all_names if name in names]


@contextmanager
def _exclusive(settings: Settings) -> Iterator[None]:
    busy = f"Another betpnl starts or stops the services of {settings.home}; try again when done."
    # What Flink keeps of a job, and what we do, holds passwords and bets.
    private_folder(settings.home)
    with exclusive(settings.home / LOCK, busy):
        yield


@contextmanager
def _choosing_ports(home: Path) -> Iterator[set[int]]:
    """Yields the ports of this machine's other stacks, also of what they have down just now.

    One at a time on this machine, or two homes would choose the same free port.
    """
    with (machine_folder() / "homes").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        others = [Path(line) for line in file.read().splitlines() if line != str(home)]
        alive = {other: found for other in others if (found := _ports_in_use(other))}
        file.truncate(0)
        file.writelines(f"{each}\n" for each in (*alive, home))
        file.flush()
        yield set().union(*alive.values())


def _ports_in_use(home: Path) -> set[int]:
    try:
        memory = Memory.read(home)
    except UserError:
        return set()
    # A stack that is just being started holds its lock, and runs nothing yet.
    in_use = is_held(home / LOCK) or any(_runs(memory, name) for name in NAMES)
    return set(memory.ports.values()) if in_use else set()
