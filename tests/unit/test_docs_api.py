"""The API's pages say what the code does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from betpnl.api import metrics
from betpnl.api.app import create_app
from betpnl.api.docs_page import page
from betpnl.api.ingest.examples import EXAMPLES
from betpnl.api.ingest.service import SERVED
from betpnl.contract.checks import Rules
from betpnl.contract.reading import reader
from betpnl.paths import PROJECT
from tests.unit.api_serving import settings

OPERATE = (PROJECT / "docs" / "operate-api.md").read_text(encoding="utf-8")
CLIENT = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
SOURCES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in (PROJECT / "betpnl" / "api").rglob("*.py")
}
# Pins of a lock file: name and version.
_PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def _calls(name: str) -> list[ast.Call]:
    """Every call of a function or method of this name in betpnl/api."""
    return [
        node
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]


def test_every_metric_is_documented() -> None:
    documented = set(re.findall(r"^\| `(betpnl_api_\w+)`", OPERATE, re.MULTILINE))
    families = text_string_to_metric_families(metrics.page().decode())
    ours = {
        f"{each.name}_total" if each.type == "counter" else each.name
        for each in families
        if each.name.startswith("betpnl_api_")
    }

    assert documented == ours


def test_every_event_of_the_log_is_documented() -> None:
    events = {
        constant.value
        for call in _calls("write")
        if ast.unparse(call.func) == "log.write"
        for constant in ast.walk(call.args[0])
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }

    assert {event for event in events if event and f"`{event}`" not in OPERATE} == {"request"}


def test_every_status_and_every_503_is_documented() -> None:
    made = [
        (call.args[0].value, call.args[1].value)
        for call in _calls("ApiError")
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[1], ast.Constant)
    ]
    explained = {
        int(status)
        for row in re.findall(r"^\| ([\d, ]+) \|", CLIENT, re.MULTILINE)
        for status in row.split(", ")
    }

    assert {status for status, _ in made} <= explained
    unknown = [code for status, code in made if status == 503 and f"`{code}`" not in OPERATE]
    assert unknown == []


@pytest.mark.parametrize("serves", ["ingest", "pnl", "all"])
def test_what_any_request_may_be_answered_is_in_the_description(
    tmp_path: Path, serves: str
) -> None:
    document = create_app(settings(tmp_path, api_serves=serves)).openapi()

    for path, methods in document["paths"].items():
        for operation in methods.values():
            said = {"431", "500"}
            if path.startswith("/v1/"):
                said |= {"401", "403", "503"}
            assert said <= operation["responses"].keys(), path


def test_the_scopes_are_those_of_the_paths() -> None:
    rows = dict(re.findall(r"^\| `POST (\S+)` \| `(\S+)` \|", CLIENT, re.MULTILINE))

    assert rows == {f"/v1/{topic.name}": f"{topic.name}:write" for topic in SERVED}


@pytest.mark.parametrize("topic", SERVED, ids=lambda topic: topic.name)
def test_the_examples_of_the_description_are_valid(tmp_path: Path, topic: object) -> None:
    rules = Rules("EUR", bet_horizon_ms=86_400_000, accepted_ahead_ms=0)
    name = topic.name  # type: ignore[attr-defined]
    document = create_app(settings(tmp_path)).openapi()
    content = document["paths"][f"/v1/{name}"]["post"]["requestBody"]["content"]

    lines = content["application/x-ndjson"]["examples"]["lines"]["value"]
    for line in lines.splitlines():
        reader(topic, rules).read(line.encode(), 1793534401000)  # type: ignore[arg-type]
    assert content["application/json"]["examples"]["batch"]["value"] == EXAMPLES[name]


def test_the_page_for_people_fetches_nothing(tmp_path: Path) -> None:
    shown = page(create_app(settings(tmp_path)).openapi())

    assert "POST /v1/bets" in shown
    assert not re.search(r"<(script|link|img|iframe)|src=|https?:|@import|url\(", shown)


def test_the_api_alone_needs_no_more_than_its_lock_file() -> None:
    pins = dict(_PIN.findall((PROJECT / "deploy" / "requirements-api.lock").read_text()))
    whole = dict(_PIN.findall((PROJECT / "requirements.lock").read_text()))
    assert pins.items() <= whole.items()

    code = """
import sys
from importlib.metadata import packages_distributions
before = set(sys.modules)
import betpnl.cli, betpnl.api.command, betpnl.api.token_command, betpnl.api.lambda_handler
owners = packages_distributions()
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*{owner.lower().replace("_", "-") for top in tops for owner in owners.get(top, ())})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # setuptools: only where it is there already. orjson: the framework uses it if it is there.
    assert set(done.stdout.split()) - {"betpnl", "setuptools", "orjson", "python-multipart"} <= set(
        pins
    )
