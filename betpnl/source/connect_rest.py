"""What Kafka Connect says, and is told, over REST."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

_TIMEOUT_S = 30.0
# What Debezium says when the binary log does not hold the place any more that it had reached, or
# when it does not know a table that it should.
_LOST = re.compile(
    r"no longer available on the server|Error code: 1236|whose schema isn't known|"
    r"history (topic|file|storage).*(missing|not exist|empty)|schema history is",
    re.IGNORECASE,
)


class ConnectError(Exception):
    """Connect does not answer, or refuses; text for the user."""


@dataclass(frozen=True)
class ConnectorState:
    """How a connector does. state: as Connect says. cause: why it failed, in one line."""

    state: str
    cause: str = ""

    @property
    def lost_its_place(self) -> bool:
        """Whether it can't go on from where it was, ever."""
        return bool(_LOST.search(self.cause))


class Connect:
    """Connect's REST interface."""

    def __init__(self, url: str) -> None:
        self._url = url

    def version(self) -> str:
        """Connect's version; '' while it does not answer."""
        try:
            return str(self._ask("GET", "/")["version"])
        except (ConnectError, KeyError, TypeError):
            return ""

    def connectors(self) -> list[str]:
        """Names of what runs. Raises ConnectError."""
        return [str(name) for name in self._ask("GET", "/connectors")]

    def state(self, name: str) -> ConnectorState:
        """How a connector and its task do. Raises ConnectError."""
        found = self._ask("GET", f"/connectors/{name}/status")
        for part in (found["connector"], *found["tasks"]):
            if part["state"] == "FAILED":
                return ConnectorState("FAILED", _cause(part.get("trace", "")))
        states = {part["state"] for part in (found["connector"], *found["tasks"])}
        ready = states == {"RUNNING"} and found["tasks"]
        return ConnectorState("RUNNING" if ready else "STARTING")

    def put(self, name: str, settings: dict[str, str]) -> None:
        """Make a connector. Raises ConnectError."""
        self._ask("PUT", f"/connectors/{name}/config", settings)

    def restart(self, name: str) -> None:
        """Start a connector and its task again. Raises ConnectError."""
        self._ask("POST", f"/connectors/{name}/restart?includeTasks=true&onlyFailed=false")

    def delete(self, name: str) -> None:
        """End a connector. Raises ConnectError."""
        self._ask("DELETE", f"/connectors/{name}")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self._url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                raise ConnectError(_message(error.code, error.read())) from None
        except (OSError, ValueError) as error:
            raise ConnectError(f"Kafka Connect does not answer: {error}") from None


def _message(code: int, answer: bytes) -> str:
    try:
        text = " ".join(str(json.loads(answer)["message"]).split())
    except (ValueError, KeyError, TypeError):
        # While it starts it says so in HTML.
        text = "it is not ready"
    return f"Kafka Connect: {text[:500]} (code {code})"


def _cause(trace: str) -> str:
    """The line of a Java trace that tells most: what the place was, or else the last cause."""
    lines = [line.strip() for line in trace.splitlines() if not line.startswith("\t")]
    causes = [line.removeprefix("Caused by: ") for line in lines if line]
    lost = [line for line in causes if _LOST.search(line)]
    line = (lost or causes[-1:] or [""])[0]
    if "no longer available on the server" in line:
        return "the place in the binary log is no longer available on the server"
    return line[:500]
