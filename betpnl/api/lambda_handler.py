"""The API as an AWS Lambda function: `betpnl.api.lambda_handler.handler`.

Takes the events of API Gateway (HTTP and REST) and of an Application Load Balancer.
"""

from __future__ import annotations

import asyncio
import functools
import logging.config
from contextlib import AsyncExitStack
from typing import Any

from mangum import Mangum

from betpnl.api import log
from betpnl.api.app import create_app
from betpnl.settings import Settings


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one event. The first one of a container makes the application."""
    return _adapter()(event, context)


@functools.cache
def _adapter() -> Mangum:
    """The application, started once: Mangum would start and end it with every event, and with it
    the connection to Kafka."""
    logging.config.dictConfig(log.CONFIG)
    app = create_app(Settings.load())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Nothing ends a container but its end, and by then every answer has been given.
    app.state.lifespan = AsyncExitStack()
    loop.run_until_complete(
        app.state.lifespan.enter_async_context(app.router.lifespan_context(app))
    )
    return Mangum(app, lifespan="off")
