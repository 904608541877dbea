"""JSON Schema of the contract, made from the records themselves."""

from typing import Any

import msgspec

from betpnl.contract.topics import TOPICS


def json_schemas() -> dict[str, dict[str, Any]]:
    """One JSON Schema (2020-12) for each topic, by the topic's name."""
    return {topic.name: msgspec.json.schema(topic.record_type) for topic in TOPICS}
