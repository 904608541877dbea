"""The server's log: one JSON object a line, so that nothing a client sends can forge a line."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()
_LOGGER = logging.getLogger("betpnl.api")


def write(event: str, **fields: Any) -> None:
    """One line: the event, the time, and what belongs to it. Never a token, never a bet."""
    if _LOGGER.isEnabledFor(logging.INFO):
        _LOGGER.info(_line(event, fields))


class JsonFormatter(logging.Formatter):
    """Lines of the server below us as events of the same log."""

    def format(self, record: logging.LogRecord) -> str:
        """A line of ours as it is, anything else as an object."""
        if record.name == _LOGGER.name:
            return record.getMessage()
        fields = {"level": record.levelname.lower(), "message": record.getMessage()[:2000]}
        if record.exc_info and record.exc_info[0]:
            fields["exception"] = record.exc_info[0].__name__
        return _line("server", fields)


CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "betpnl.api.log.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {
        "betpnl.api": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
"""For `logging.config.dictConfig`: everything to standard error."""


def _line(event: str, fields: dict[str, Any]) -> str:
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    return _ENCODER.encode({"time": time, "event": event, **fields}).decode()
