"""`betpnl token`: who may use the API."""

from __future__ import annotations

import re
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

from betpnl.api import token_file, tokens
from betpnl.api.token_book import file_of
from betpnl.api.tokens import NAME_PATTERN, SCOPES, ScopeName
from betpnl.errors import UserError
from betpnl.settings import Settings

token = typer.Typer(no_args_is_help=True, help="Make, list and revoke tokens of the API.")


@token.command()
def add(
    name: Annotated[str, typer.Argument(help="The client's name, such as acme.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do: {', '.join(SCOPES)}.")],
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Days until it expires; else never.")
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option(min=0, help="Records a second, instead of api_records_per_s; 0: no limit."),
    ] = None,
) -> None:
    """Make a token and show it, this once. A running API takes it at once.

    A client may have several: to change one, add the new one, give it to the client, then revoke
    the old one.
    """
    if not re.match(NAME_PATTERN, name):
        raise UserError("A name has 1 to 64 letters, digits, points, dashes or underscores.")
    unknown = [each for each in scope if each not in SCOPES]
    if unknown:
        raise UserError(f"There is no scope {unknown[0]}; there are {', '.join(SCOPES)}.")
    text, kept = tokens.new(
        name,
        cast(list[ScopeName], list(dict.fromkeys(scope))),
        tokens.utc_now(),
        expires_days=expires_days,
        records_per_s=rate,
    )
    path = file_of(Settings.load())
    token_file.add(path, kept)
    typer.echo(f"Token {kept.id} of {name}; only its hash is kept, so note it now:", err=True)
    typer.echo(text)


@token.command("list")
def show() -> None:
    """List the tokens: id, client, scopes, expiry, limit."""
    table = Table("Id", "Client", "Scopes", "Made", "Expires", "Records/s", box=None)
    now = tokens.utc_now()
    for each in token_file.read(file_of(Settings.load())):
        expires = "" if each.expires_at is None else f"{each.expires_at:%Y-%m-%d %H:%M}"
        table.add_row(
            each.id,
            each.name,
            " ".join(each.scopes),
            f"{each.created_at:%Y-%m-%d %H:%M}",
            f"{expires} expired" if tokens.is_expired(each, now) else expires,
            "" if each.records_per_s is None else str(each.records_per_s),
        )
    Console().print(table)


@token.command()
def revoke(identity: Annotated[str, typer.Argument(metavar="ID", help="The token's id.")]) -> None:
    """Take a token back. A running API refuses it at once."""
    revoked = token_file.revoke(file_of(Settings.load()), identity)
    typer.echo(f"Token {revoked.id} of {revoked.name} is revoked.")


@token.command()
def export() -> None:
    """Print the tokens' hashes in one line, for the setting api_tokens."""
    typer.echo(token_file.text_of(token_file.read(file_of(Settings.load()))))
