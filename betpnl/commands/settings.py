"""`betpnl settings`: what is set, and what each setting means."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from rich.console import Console
from rich.table import Table

from betpnl.settings import PREFIX, Settings


def settings(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of docs/settings.md.")
    ] = False,
) -> None:
    """Show every setting, its value and its meaning."""
    if markdown:
        typer.echo(markdown_table())
        return
    current = Settings.load()
    table = Table("Setting", "Value", "Meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(name, shown(getattr(current, name)), field.description)
    Console().print(table)


def shown(value: object) -> str:
    """A value as text; a secret as stars."""
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    return "" if value is None else str(value)


def markdown_table() -> str:
    """Every setting with its variable, default and meaning, for the docs."""
    rows = ["| setting | variable | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = shown(field.default)
        rows.append(
            f"| `{name}` | `{PREFIX}{name.upper()}` | {f'`{default}`' if default else ''} "
            f"| {meaning(field)} |"
        )
    return "\n".join(rows)


def meaning(field: FieldInfo) -> str:
    """A field's description, with the choices there are."""
    return (field.description or "").replace("|", "\\|")
