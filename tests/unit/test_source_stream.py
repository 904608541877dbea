"""The stream: what its events say, and when another one has to begin."""

import json
from typing import Any

import pytest

from betpnl.paths import PROJECT
from betpnl.source.changes import Changes, Decoder
from betpnl.source.connect_rest import ConnectorState, _cause
from betpnl.source.connection import Address
from betpnl.source.connector import configuration, worker_properties
from betpnl.source.file import load
from betpnl.source.keeper import Origin
from betpnl.source.versions import position

SHOP = load(PROJECT / "docs" / "examples" / "shop.toml")
KINDS = {"bets": ["bigint"], "games": ["varchar"], "results": ["int"]}


def _event(table: str, op: str = "u", **images: Any) -> bytes:
    schema, _, name = table.partition(".")
    source = {"file": "binlog.000002", "pos": 500, "db": schema, "table": name}
    return json.dumps(
        {"source": source, "op": op, "before": None, "after": None, **images}
    ).encode()


def _changes(*events: bytes | None) -> Changes:
    found = Changes(0)
    decoder = Decoder(SHOP, KINDS)
    for event in events:
        decoder.add(event, found)
    return found


def test_a_change_names_its_record_before_and_after() -> None:
    found = _changes(
        _event("betpnl_shop.ticket", "c", after={"id": 1}),
        _event("betpnl_shop.leg", "u", before={"ticket_id": 1}, after={"ticket_id": 2}),
        _event("betpnl_shop.leg", "d", before={"ticket_id": 3}),
        _event("betpnl_shop.game", "c", after={"id": "g"}),
        _event("other.table", "c", after={"id": 9}),
    )

    assert {name: list(each) for name, each in found.keys.items()} == {
        "bets": [(1,), (2,), (3,)],
        "games": [("g",)],
    }
    assert found.place == position("binlog.000002", 500)
    assert found.sweep == ""


def _statement(table: str | None, database: str = "betpnl_shop", **more: Any) -> bytes:
    source = {"file": "binlog.000002", "pos": 500, "db": database, "table": table, **more}
    return json.dumps({"source": source, "ddl": "ALTER ...", "tableChanges": []}).encode()


@pytest.mark.parametrize("table", ["ticket", "Ticket", "kept,ticket", None])
def test_a_statement_about_a_table_makes_a_sweep(table: str | None) -> None:
    found = _changes(_statement(table, snapshot="false"))

    assert found.sweep
    assert found.place == position("binlog.000002", 500)


@pytest.mark.parametrize(
    "statement",
    [
        _statement("elsewhere"),
        _statement("ticket", database="other"),
        _statement(None, database="other"),
        # Told when the stream begins: what the tables are, not that they have changed.
        _statement("ticket", snapshot="true"),
        _statement("ticket", snapshot="last"),
    ],
)
def test_a_statement_about_nothing_of_ours_makes_none(statement: bytes) -> None:
    found = _changes(statement)

    assert (found.sweep, found.place) == ("", -1)


@pytest.mark.parametrize(
    "event",
    [
        _event("betpnl_shop.ticket", "t"),
        _event("betpnl_shop.ticket", "c", after={"renamed": 1}),
        b"no json",
        b'{"source": {"file": "nonumber"}, "op": "c"}',
        b'{"aggregate_type": "Initial Snapshot", "type": "COMPLETED"}',
    ],
)
def test_what_does_not_name_its_record_makes_a_sweep(event: bytes) -> None:
    assert _changes(event).sweep != ""


@pytest.mark.parametrize("event", [None, b"", b"[]", b'{"ts_ms": 1}', b'{"op": "c"}'])
def test_what_is_no_change_changes_nothing(event: bytes | None) -> None:
    assert _changes(event) == Changes(0)


LOGS = {"binlog.000003": 100, "binlog.000004": 200, "binlog.000005": 50}


@pytest.mark.parametrize(
    "logs",
    [
        LOGS,
        {**LOGS, "binlog.000005": 70},
        {"binlog.000005": 90, "binlog.000006": 10},
        {"binlog.000007": 10},
        {},
    ],
)
def test_a_log_that_goes_on_is_the_same(logs: dict[str, int]) -> None:
    assert Origin(1, "", "server", LOGS).began_anew("server", logs) == ""


@pytest.mark.parametrize(
    "logs",
    [
        {"binlog.000001": 10},
        {**LOGS, "binlog.000005": 40},
        {**LOGS, "binlog.000004": 300},
        {"binlog.000002": 5, **LOGS},
    ],
)
def test_a_log_that_was_reset_is_noticed(logs: dict[str, int]) -> None:
    assert Origin(1, "", "server", LOGS).began_anew("server", logs) != ""


def test_another_server_is_noticed() -> None:
    assert Origin(1, "", "server", LOGS).began_anew("other", LOGS) != ""
    assert Origin().began_anew("first", LOGS) == ""


def test_a_lost_place_is_told_from_other_failures() -> None:
    lost = _cause(
        "io.debezium.DebeziumException: The connector is trying to read change stream starting at "
        "Offset{...}, but this is no longer available on the server. Reconfigure the connector.\n"
        "\tat io.debezium.connector.common"
    )
    assert lost == "the place in the binary log is no longer available on the server"
    assert ConnectorState("FAILED", lost).lost_its_place

    purged = _cause(
        "org.apache.kafka.connect.errors.ConnectException: An exception occurred\n\tat a\n"
        "Caused by: io.debezium.DebeziumException: could not find next log; Error code: 1236; "
        "SQLSTATE: HY000.\n\tat b"
    )
    assert ConnectorState("FAILED", purged).lost_its_place

    other = _cause("a.B: outer\n\tat c\nCaused by: d.E: Access denied for user\n\tat f")
    assert other == "d.E: Access denied for user"
    assert not ConnectorState("FAILED", other).lost_its_place


def test_no_password_stands_in_what_connect_is_told(tmp_path: Any) -> None:
    to = Address("db", 3306, "reader", "s3cret", SHOP.server)

    told = {
        **worker_properties("kafka:9092", "127.0.0.1", 8083, tmp_path),
        **configuration(SHOP, to, "source.changes", 1, tmp_path),
    }

    assert "s3cret" not in str(told)
    assert "s3cret" not in repr(to)
    assert told["table.include.list"].split(",")[0] == r"betpnl_shop\.ticket"
    assert r"betpnl_shop\.leg\.ticket_id" in told["column.include.list"].split(",")
