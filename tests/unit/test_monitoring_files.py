"""Dashboard, alert rules and docs speak of metrics that there are, and the docs of all of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from betpnl.api import metrics as api_metrics
from betpnl.monitor.metrics import READINGS, Metrics
from betpnl.paths import PROJECT

DEPLOY = PROJECT / "deploy"
DOC = (PROJECT / "docs" / "monitoring.md").read_text(encoding="utf-8")
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "betpnl.json").read_text())
RULES = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]


def _exported(page: bytes) -> dict[str, set[str]]:
    """Each metric's name as Prometheus stores it, with its kind of series."""
    found = {}
    for family in text_string_to_metric_families(page.decode()):
        if family.type == "counter":
            found[f"{family.name}_total"] = {f"{family.name}_total"}
        elif family.type == "histogram":
            found[family.name] = {f"{family.name}_{end}" for end in ("bucket", "sum", "count")}
        else:
            found[family.name] = {family.name}
    return {name: series for name, series in found.items() if name.startswith("betpnl_")}


OURS = _exported(Metrics(lambda: ()).page())
ALL = OURS | _exported(api_metrics.page())
SERIES = set().union(*ALL.values())
LABELS = {metric.name: set(metric.labels) for metric in READINGS}


def named(query: str) -> set[str]:
    return set(re.findall(r"\bbetpnl_\w+", query))


def test_every_metric_is_documented_with_its_labels() -> None:
    rows = re.findall(r"^\| `(betpnl_\w+)` \|([^|]*)\| (\S.*) \|$", DOC, re.MULTILINE)
    labels = {name: set(re.findall(r"`(\w+)`", cell)) for name, cell, _ in rows}

    assert set(labels) == set(OURS)
    assert {name: labels[name] for name in LABELS} == LABELS


@pytest.mark.parametrize("query", QUERIES + [rule["expr"] for rule in RULES])
def test_every_query_asks_for_metrics_that_there_are(query: str) -> None:
    assert named(query) or query.startswith("up{")
    assert named(query) <= SERIES


def test_the_questions_of_the_docs_ask_for_metrics_that_there_are() -> None:
    (questions,) = re.findall(r"```promql\n(.*?)```", DOC, re.DOTALL)

    assert named(questions)
    assert named(questions) <= SERIES


def test_the_dashboard_shows_every_metric() -> None:
    shown = set().union(*map(named, QUERIES))

    assert [name for name, series in ALL.items() if not series & shown] == [
        "betpnl_api_kafka_up",
        "betpnl_api_stream_readings_total",
    ]


def test_panels_do_not_overlap_and_have_a_description() -> None:
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    assert [panel["title"] for panel in PANELS if not panel["description"]] == []
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)


def test_every_panel_asks_the_datasource_that_is_chosen_on_top() -> None:
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    sources = [panel["datasource"]["uid"] for panel in PANELS]
    sources += [target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]]
    assert set(sources) == {"${datasource}"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    name = rule["alert"]
    said = re.findall(rf"^### {name}\n\n(\S.{{80,}}?)\n(?:\n|$)", DOC, re.MULTILINE | re.DOTALL)

    assert len(said) == 1
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"]
    assert rule["annotations"]["runbook"] == f"docs/monitoring.md#{name.lower()}"


def test_no_alert_is_explained_that_there_is_not() -> None:
    assert re.findall(r"^### (\w+)$", DOC, re.MULTILINE) == [rule["alert"] for rule in RULES]
