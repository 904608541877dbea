"""`POST /v1/bets`, `/v1/results`, `/v1/odds`, `/v1/games`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from betpnl.api.auth import Client, requires
from betpnl.api.ingest import openapi
from betpnl.api.ingest.service import SERVED, Ingest
from betpnl.contract.topics import Topic

router = APIRouter(tags=["ingest"])


def _endpoint(topic: Topic) -> Callable[..., Awaitable[Response]]:
    may_write = Depends(requires(f"{topic.name}:write"))

    async def take(request: Request, client: Client = may_write) -> Response:
        ingest: Ingest = request.app.state.ingest
        return await ingest.take(topic, request, client)

    return take


for _topic in SERVED:
    router.add_api_route(
        f"/v1/{_topic.name}",
        _endpoint(_topic),
        methods=["POST"],
        status_code=202,
        response_class=Response,
        response_model=None,
        operation_id=f"send_{_topic.name}",
        summary=f"Send {_topic.name}",
        description=openapi.description(_topic),
        responses=openapi.responses(_topic),
        openapi_extra=openapi.request_body(_topic),
    )
