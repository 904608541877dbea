"""Serves the metrics: as a page of the board, or alone."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, start_http_server
from starlette.responses import Response

from betpnl.api.pnl.answers import GamePnl
from betpnl.api.server import is_loopback
from betpnl.errors import UserError
from betpnl.monitor import figures, readings
from betpnl.monitor.asking import Asking
from betpnl.monitor.figures import Figures, FiguresReader
from betpnl.monitor.health import Parts
from betpnl.monitor.metrics import Metrics, Sample
from betpnl.monitor.sampler import Sampler
from betpnl.monitor.verdict import Verdict
from betpnl.settings import Settings

_PORT = 9480
_TRIES = 200
_FIGURES_SILENT_S = 20.0


class Monitor:
    """Asks for everything that the metrics say, beside everything else.

    parts: where somebody asks them already, and starts and stops them. games: all games as they
    are, where somebody follows them already. Of `page` and `verdict` neither blocks nor raises.
    """

    def __init__(
        self,
        settings: Settings,
        parts: Parts | None = None,
        games: Callable[[], Mapping[str, GamePnl]] | None = None,
    ) -> None:
        self._parts = parts or Parts(settings)
        self._owns_parts = parts is None
        self._figures = Asking(
            "figures",
            FiguresReader(settings, games).read,
            lambda why: Figures(problem=why),
            figures.EVERY_S,
            _FIGURES_SILENT_S,
        )
        self.metrics = Metrics(self._samples)
        self._sampler = Sampler(settings, self.metrics.latencies)

    def start(self) -> None:
        """Ask from now on."""
        if self._owns_parts:
            self._parts.start()
        self._figures.start()
        self._sampler.start()

    def stop(self) -> None:
        """Ask no more."""
        if self._owns_parts:
            self._parts.stop()
        self._figures.stop()
        self._sampler.stop()

    def page(self) -> bytes:
        """All metrics as Prometheus reads them."""
        return self.metrics.page()

    def verdict(self) -> Verdict:
        """How everything does, in one sentence."""
        found = self._figures.now()
        age_s = found.age_now_s(time.monotonic()) if found is not None else None
        return self._parts.verdict(age_s)

    def _samples(self) -> Iterator[Sample]:
        return readings.samples(
            self._parts.said,
            self._figures.now(),
            now_s=time.time(),
            monotonic_s=time.monotonic(),
        )


def metrics_page(monitor: Monitor) -> Response:
    """The answer to `GET /metrics`. It holds sums of money: for those who may see them."""
    return Response(monitor.page(), media_type=CONTENT_TYPE_LATEST)


def require_privacy(settings: Settings) -> None:
    """Raises UserError when the network could read the figures without anybody meaning it."""
    if not is_loopback(settings.exporter_host) and not settings.exporter_open:
        raise UserError(
            f"Setting exporter_host is {settings.exporter_host}, which others can reach, and the "
            "metrics hold sums of money; set exporter_open to true if only those can reach it "
            "who may see them, or exporter_host to 127.0.0.1."
        )


def serve(settings: Settings, monitor: Monitor) -> tuple[Any, threading.Thread, int]:
    """Serve on the exporter's port: the server, its thread, the port. Raises UserError if taken."""
    wanted = settings.exporter_port
    for port in [wanted] if wanted else range(_PORT, _PORT + _TRIES):
        try:
            server, thread = start_http_server(
                port, settings.exporter_host, monitor.metrics.registry
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE and not wanted:
                continue
            raise UserError(
                f"The exporter cannot listen on {settings.exporter_host}:{port} ({error.strerror}"
                "); set exporter_host and exporter_port to what is free on this machine."
            ) from None
        return server, thread, port
    raise UserError(
        f"No free port from {_PORT} to {_PORT + _TRIES - 1}; set exporter_port to one that is free."
    )
