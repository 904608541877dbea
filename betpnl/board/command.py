"""`betpnl board`: PNL in real time, in a browser."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from betpnl.settings import Settings


def board(
    host: Annotated[str | None, typer.Option(help="Address to listen on (board_host).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one (board_port).")
    ] = None,
    login: Annotated[
        str | None, typer.Option(help="Who has to log in: auto or always (board_login).")
    ] = None,
) -> None:
    """Serve the board: every game's profit and loss, live, in a browser.

    MySQL has to run (`betpnl up`) or be set (mysql_url); it may be away for a while, and the
    board says so. On any address but this machine's own one logs in with a token: `betpnl token
    add NAME --scope pnl:read`. Ctrl-C ends it.
    """
    # NiceGUI takes a second to import, which `--help` need not wait for.
    from betpnl.board.board import Board
    from betpnl.board.server import listen, serve

    given: dict[str, Any] = {"board_host": host, "board_port": port, "board_login": login}
    settings = Settings.load(**{name: value for name, value in given.items() if value is not None})
    made = Board(settings)
    with listen(settings) as listener:
        address, bound = listener.getsockname()[:2]
        url = f"http://[{address}]:{bound}" if ":" in address else f"http://{address}:{bound}"
        Console(highlight=False, soft_wrap=True).print(f"Board: {url}")
        serve(made, listener)
