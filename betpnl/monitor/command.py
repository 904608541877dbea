"""`betpnl exporter`: metrics for Prometheus, for those who run no board."""

from __future__ import annotations

import threading
from typing import Annotated, Any

import typer
from rich.console import Console

from betpnl.monitor.exporter import Monitor, require_privacy, serve
from betpnl.settings import Settings
from betpnl.stack.interrupt import interruptible


def exporter(
    host: Annotated[str | None, typer.Option(help="Address to listen on (exporter_host).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one (exporter_port).")
    ] = None,
) -> None:
    """Serve metrics of the job, the parts and the PNL for Prometheus, until Ctrl-C.

    MySQL, Kafka and Flink may come and go: what is away is told as down.
    """
    given: dict[str, Any] = {"exporter_host": host, "exporter_port": port}
    settings = Settings.load(**{name: value for name, value in given.items() if value is not None})
    require_privacy(settings)
    monitor = Monitor(settings)
    server, _, bound = serve(settings, monitor)
    console = Console(highlight=False, soft_wrap=True)
    shown = (
        f"[{settings.exporter_host}]" if ":" in settings.exporter_host else settings.exporter_host
    )
    console.print(f"Metrics: http://{shown}:{bound}/metrics", markup=False)
    monitor.start()
    try:
        with interruptible():
            threading.Event().wait()
    except KeyboardInterrupt:
        return
    finally:
        monitor.stop()
        server.shutdown()
        server.server_close()
