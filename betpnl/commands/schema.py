"""`betpnl schema`: the contract as JSON Schema."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from betpnl.contract.schema import json_schemas
from betpnl.errors import UserError


def schema(
    topic: Annotated[
        str, typer.Argument(help="One topic, such as bets; all of them if not given.")
    ] = "",
) -> None:
    """Print the JSON Schema of the records that a topic takes."""
    schemas = json_schemas()
    if topic and topic not in schemas:
        raise UserError(f"There is no topic {topic}; there are {', '.join(schemas)}.")
    typer.echo(json.dumps(schemas[topic] if topic else schemas, indent=2))
