"""For the schemathesis command line: how lines of JSON are sent."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def lines(context: Any, value: Any) -> bytes:
    """A text is sent as it is."""
    del context
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
