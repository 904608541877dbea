"""The routes that only read: games, sports, bets, and the stream of games that change."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, get_origin

import anyio
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from msgspec import Struct
from pydantic import BaseModel
from pymysql.connections import Connection
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.responses import Response

from betpnl.api import errors
from betpnl.api.auth import Client, requires
from betpnl.api.errors import ApiError
from betpnl.api.openapi import error_response, reference
from betpnl.api.pnl import bets, breakdowns, details, examples, pages, sports, stream
from betpnl.api.pnl.answers import (
    TYPES,
    BetAnswer,
    BreakdownAnswer,
    GameAnswer,
    GamesPage,
    SportsAnswer,
    encode,
)
from betpnl.api.pnl.cursor import CursorError
from betpnl.api.pnl.feed import Feed
from betpnl.api.pnl.hub import Hub
from betpnl.api.pnl.pool import RETRY_AFTER_S, Pool, UnavailableError, open_reader
from betpnl.api.pnl.questions import BreakdownQuestion, GamesQuestion, Which
from betpnl.api.token_book import TokenBook
from betpnl.contract.currencies import minor_units
from betpnl.settings import Settings

__all__ = ["TYPES", "router"]

T = TypeVar("T")
SCOPE = "pnl:read"


class Service:
    """What the routes share for as long as the application lives."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = Pool(settings)
        self.hub = Hub(Feed(lambda: open_reader(settings)), settings.api_stream_interval_ms)
        self.seats = stream.Seats(settings.api_streams_max, settings.api_streams_per_client_max)

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """The answer of MySQL. Raises ApiError when there is none now."""
        try:
            return await self.pool.run(question)
        except UnavailableError as error:
            raise ApiError(503, error.code, str(error), retry_after_s=RETRY_AFTER_S) from error

    async def close(self) -> None:
        """End the reading and let go of the connections."""
        await self.hub.close()
        self.pool.close()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pnl = Service(app.state.settings)
    try:
        yield
    finally:
        await app.state.pnl.close()


class _IdConvertor(PathConvertor):
    """A part of a path that may hold slashes, as `path`, but is never empty."""

    regex = ".+"


# `/v1/bets/` is no bet without an id: it is nothing, whatever is sent there.
register_url_convertor("id", _IdConvertor())


def only_known(question: type[BaseModel] | None = None) -> Callable[[Request], None]:
    """A dependency that refuses a parameter which is none, or given twice where one is meant,
    instead of passing over it: a filter with a slip in its name would give all games."""
    fields = question.model_fields if question else {}
    known = sorted(fields)
    lists = {name for name, field in fields.items() if get_origin(field.annotation) is list}

    def check(request: Request) -> None:
        given = Counter(name for name, _ in request.query_params.multi_items())
        for name, times in given.items():
            if name not in known:
                there = f"; there are {', '.join(known)}" if known else "; there are none"
                raise ApiError(
                    422, "unknown_parameter", f"There is no such parameter{there}.", field=name
                )
            if times > 1 and name not in lists:
                raise ApiError(
                    422, "repeated_parameter", "This parameter is given once.", field=name
                )

    return check


def _service(request: Request) -> Service:
    service: Service = request.app.state.pnl
    return service


Pnl = Annotated[Service, Depends(_service)]
_reader = requires(SCOPE)
_MAY_READ = Depends(_reader)


async def _seat(client: Annotated[Client, _MAY_READ], pnl: Pnl) -> AsyncIterator[None]:
    """Held until the stream has ended."""
    with pnl.seats.taken(client.name):
        yield


def _may_still_read(request: Request) -> Callable[[], bool]:
    """Whether the token of a request that was let in would still be let in."""
    book: TokenBook = request.app.state.tokens
    text = request.headers.get("authorization", "").partition(" ")[2].strip()

    def check() -> bool:
        token = book.find(text, datetime.now(UTC))
        return token is not None and SCOPE in token.scopes

    return check


_FAILURES: dict[int | str, dict[str, Any]] = {
    422: error_response("A parameter that is none, or does not fit."),
    503: error_response("MySQL is away, busy, or would need too long.", retry=True),
}
_MISSING: dict[int | str, dict[str, Any]] = {
    404: error_response("There is none; what became of it, where that is known.")
}


def _answers(kind: type[Struct]) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "OK", "content": {errors.JSON: {"schema": reference(kind)}}}}


router = APIRouter(prefix="/v1", tags=["pnl"], lifespan=_lifespan, responses=_FAILURES)


@router.get(
    "/games",
    dependencies=[_MAY_READ, Depends(only_known(GamesQuestion))],
    response_model=None,
    responses=_answers(GamesPage),
    summary="Games with their PNL, page by page",
)
async def get_games(asked: Annotated[GamesQuestion, Query()], pnl: Pnl) -> Response:
    """Every game that was ever bet on and that the filters leave.

    Walk over the pages with `cursor`. To follow what changes, ask with `changed_since`, or listen
    to `/v1/stream`.
    """
    try:
        return _json(await pnl.ask(lambda connection: pages.page(connection, asked)))
    except CursorError as error:
        raise ApiError(422, "bad_cursor", f"The cursor {error}.", field="cursor") from None


@router.get(
    "/games/{game_id:id}",
    dependencies=[_MAY_READ, Depends(only_known())],
    response_model=None,
    responses=_answers(GameAnswer) | _MISSING,
    summary="One game with its markets and selections",
)
async def get_game(game_id: str, pnl: Pnl) -> Response:
    """The game, and what each selection of it brought or would bring. 404 if nobody bet on it."""
    minor = minor_units(pnl.settings.base_currency)
    found = await pnl.ask(lambda connection: details.game(connection, game_id, minor))
    if found is None:
        raise ApiError(404, "no_such_game", "Nobody ever bet on such a game.", field="game_id")
    return _json(found)


@router.get(
    "/sports",
    dependencies=[_MAY_READ, Depends(only_known())],
    response_model=None,
    responses=_answers(SportsAnswer),
    summary="Sports with their PNL",
)
async def get_sports(pnl: Pnl) -> Response:
    """The sums over all games of each sport."""
    return _json(await pnl.ask(sports.sports))


@router.get(
    "/breakdowns",
    dependencies=[_MAY_READ, Depends(only_known(BreakdownQuestion))],
    response_model=None,
    responses=_answers(BreakdownAnswer),
    summary="PNL by sport, competition, market, channel, region or currency",
)
async def get_breakdown(asked: Annotated[BreakdownQuestion, Query()], pnl: Pnl) -> Response:
    """The sums of each value, or of each mix of values, the largest handle first. They add up to
    the whole: money over all rows is that over all games."""
    by = list(dict.fromkeys(asked.by))
    return _json(
        await pnl.ask(lambda connection: breakdowns.breakdown(connection, by, asked.limit))
    )


@router.get(
    "/bets/{bet_id:id}",
    dependencies=[_MAY_READ, Depends(only_known())],
    response_model=None,
    responses=_answers(BetAnswer) | _MISSING,
    summary="One bet with its legs and its history",
)
async def get_bet(bet_id: str, pnl: Pnl) -> Response:
    """The newest version with its result and PNL, and every version that there was. 404 if there
    is none; if all that came of it was turned away, the reason is given."""
    minor = minor_units(pnl.settings.base_currency)
    found = await pnl.ask(lambda connection: bets.bet(connection, bet_id, minor))
    if found is not None:
        return _json(found)
    partitions = pnl.settings.topic_partitions
    refused = await pnl.ask(lambda connection: bets.newest_refusal(connection, bet_id, partitions))
    if refused is None:
        raise ApiError(404, "no_such_bet", "No record of such a bet has come.", field="bet_id")
    raise ApiError(
        404,
        "bet_refused",
        f"Its record of {refused.arrived_at} was turned away: {refused.reason}",
        field="bet_id",
    )


@router.get(
    "/stream",
    dependencies=[_MAY_READ, Depends(only_known(Which)), Depends(_seat)],
    response_model=None,
    responses={
        200: {
            "description": "Server-sent events: `games` with a GamesEvent, `stale` with a "
            "StaleEvent as data.",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": examples.stream(),
                }
            },
        },
        429: error_response("The client has as many streams as it may.", retry=True),
    },
    summary="Games that change, as they change",
)
async def get_stream(request: Request, asked: Annotated[Which, Query()], pnl: Pnl) -> Response:
    """First all games with something open or changed within a day, then those that change."""
    last_event_id = request.headers.get("last-event-id", "")
    stopping = anyio.Event()
    may_read = _may_still_read(request)
    events = stream.events(
        pnl.hub, asked, last_event_id, lambda: not stopping.is_set() and may_read()
    )
    return stream.Listening(events, pnl.settings.api_stream_heartbeat_s, stopping)


def _json(answer: Struct) -> Response:
    return Response(encode(answer), media_type=errors.JSON)
