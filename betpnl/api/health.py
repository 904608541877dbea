"""`/healthz`, `/readyz` and `/metrics`: for whoever keeps the API running. No token needed."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from betpnl.api import errors, metrics
from betpnl.api.errors import ApiError
from betpnl.api.openapi import error_response

Readiness = dict[str, Callable[[], str]]
"""By the name of what is checked: says what is missing, '' when nothing is. Must not block."""

router = APIRouter(tags=["operation"])


@router.get("/healthz", response_model=None, summary="The process lives")
async def healthz() -> Response:
    """Says nothing of Kafka or MySQL."""
    return Response(b'{"status":"ok"}', media_type=errors.JSON)


@router.get(
    "/readyz",
    response_model=None,
    summary="Requests can be served",
    responses={503: error_response("Something is missing; the message names it.")},
)
async def readyz(request: Request) -> Response:
    """Whether Kafka answers and has every topic, somebody has a token, and nobody stops it."""
    readiness: Readiness = request.app.state.readiness
    missing = [f"{name}: {said}" for name, check in readiness.items() if (said := check())]
    if missing:
        raise ApiError(503, "not_ready", "; ".join(missing))
    return Response(b'{"status":"ready"}', media_type=errors.JSON)


@router.get(
    "/metrics",
    response_model=None,
    summary="For Prometheus",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def prometheus() -> Response:
    """Requests, records, latencies and what waits, over all workers."""
    return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)
