"""JSON Schema of the contract, made from the records themselves."""

from typing import Any

import msgspec

from betpnl.contract.topics import TOPICS


def json_schemas() -> dict[str, dict[str, Any]]:
    """One JSON Schema (2020-12) for each topic, by the topic's name."""
    return {topic.name: numbers_too(msgspec.json.schema(topic.record_type)) for topic in TOPICS}


def numbers_too(schema: Any) -> Any:
    """The schema with a decimal as number or text: msgspec reads both and names the text only."""
    if isinstance(schema, dict):
        changed = {name: numbers_too(value) for name, value in schema.items()}
        if changed.get("format") == "decimal":
            changed["type"] = ["number", "string"]
        return changed
    return [numbers_too(value) for value in schema] if isinstance(schema, list) else schema
