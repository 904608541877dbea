"""`betpnl ingest`: the API over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from betpnl.api.app import create_app
from betpnl.api.server import listen, require_tokens, serve
from betpnl.api.token_book import file_of
from betpnl.settings import Settings


def ingest(
    host: Annotated[str | None, typer.Option(help="Address to listen on (api_host).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one (api_port).")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes (api_workers).")] = None,
    serves: Annotated[
        str | None, typer.Option(help="What to serve: all, ingest or pnl (api_serves).")
    ] = None,
) -> None:
    """Serve the API: bets, results, odds and games in over HTTP, profit and loss out.

    Kafka has to run (`betpnl up`) or be set (kafka_bootstrap); it may be away for a while.
    Clients need a token: `betpnl token add NAME --scope bets:write`. Ctrl-C finishes what is
    under way and ends it. One line of JSON for each request goes to standard error.
    """
    given: dict[str, Any] = {
        "api_host": host,
        "api_port": port,
        "api_workers": workers,
        "api_serves": serves,
    }
    settings = Settings.load(**{name: value for name, value in given.items() if value is not None})
    require_tokens(settings)
    app = create_app(settings)
    with listen(settings) as listener:
        _say(settings, *listener.getsockname()[:2])
        serve(settings, app, listener)


def _say(settings: Settings, address: str, port: int) -> None:
    url = f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"API: {url}")
    console.print(f"What it takes and answers: {url}/docs")
    if settings.api_tokens.get_secret_value():
        console.print("Tokens: those of the setting api_tokens")
    else:
        console.print(f"Tokens: {file_of(settings)}")
        console.print("Make one: betpnl token add NAME --scope bets:write", markup=False)
