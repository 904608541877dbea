"""What is shown, as a file."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from pymysql.connections import Connection
from starlette.responses import PlainTextResponse, Response

from betpnl.api.pnl.answers import Breakdown
from betpnl.api.pnl.breakdowns import Dimension, breakdown
from betpnl.api.pnl.pool import UnavailableError
from betpnl.board.board import Board
from betpnl.board.rows import FIELDS, RATE
from betpnl.board.table_file import FLOAT, MONEY, SHARE, TEXT, TIME, WHOLE, Format, attachment

COLUMNS = (*FIELDS, RATE)
VALUES_MAX = 100_000
_KINDS = {
    RATE: FLOAT,
    **dict.fromkeys(("bets", "open_bets", "minute", "score_home", "score_away"), WHOLE),
    **dict.fromkeys(("starts_at", "updated_at"), TIME),
    **dict.fromkeys(("game_id", "sport", "competition", "home", "away", "status"), TEXT),
}
TYPES = {name: _KINDS.get(name, MONEY) for name in COLUMNS}
_OF_A_BREAKDOWN = {
    name: WHOLE if name.endswith("bets") else SHARE if name in ("margin", "hold") else MONEY
    for name in Breakdown.__struct_fields__
    if name != "values"
}


class Wanted(BaseModel):
    """What is shown: these columns of these games, in this order."""

    format: Format
    columns: Annotated[list[Literal[COLUMNS]], Field(min_length=1, max_length=len(COLUMNS))]  # type: ignore[valid-type]
    games: Annotated[list[str], Field(max_length=1_000_000)]


def router(board: Board) -> APIRouter:
    """The routes `/download`, of games, and `/download/breakdown`."""
    routes = APIRouter()

    @routes.post("/download")
    async def download(wanted: Wanted) -> Response:
        rows = [row for key in wanted.games if (row := board.live.row(key)) is not None]
        types = {name: TYPES[name] for name in wanted.columns}
        return await attachment(rows, types, wanted.format, "betpnl")

    @routes.get("/download/breakdown")
    async def download_breakdown(by: Dimension, format: Format = "csv") -> Response:  # noqa: A002
        def ask(connection: Connection) -> list[Breakdown]:
            return breakdown(connection, [by], VALUES_MAX).rows

        try:
            found = await board.shared(("breakdown file", by), 1.0, ask)
        except UnavailableError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        rows = [
            {by: row.values[by], **{name: getattr(row, name) for name in _OF_A_BREAKDOWN}}
            for row in found
        ]
        return await attachment(rows, {by: TEXT, **_OF_A_BREAKDOWN}, format, f"betpnl-by-{by}")

    return routes
