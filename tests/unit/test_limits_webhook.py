"""What the webhook is told, and what becomes of a try."""

import hashlib
import hmac
import json
import logging
from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D

import pytest

from betpnl.errors import UserError
from betpnl.limits import webhook
from betpnl.limits.message import body, due, message, signature
from betpnl.limits.records import Breach
from betpnl.limits.teller import Webhook, backoff_s
from betpnl.settings import Settings
from tests.limit_hook import HANG, hook

AT = datetime(2026, 1, 5, 18, 30, 0, 125_000)
BREACH = Breach(
    breach_id=7,
    limit_id=3,
    limit_version=1,
    scope="market",
    game_id="<!channel>&g 1",
    market="total",
    line="2.5",
    measure="worst_case",
    bound=D(-500),
    note="call Ann",
    began_at=AT,
    began_value=D("-500.0001"),
    worst_value=D(-800),
)


def test_a_beginning_says_limit_value_bound_and_link() -> None:
    said = json.loads(body(message(BREACH, "begin", "EUR", "https://board.example/")))

    assert said == {
        "id": "7-begin",
        "event": "begin",
        "text": "Limit passed: Worst case of market total 2.5 of game &lt;!channel&gt;&amp;g 1: "
        "at least -500 EUR, now -500.0001 EUR (call Ann)",
        "breach_id": 7,
        "limit": {
            "id": 3,
            "scope": "market",
            "sport": "",
            "game_id": "<!channel>&g 1",
            "market": "total",
            "line": "2.5",
            "measure": "worst_case",
            "bound": "-500.0000",
            "note": "call Ann",
        },
        "value": "-500.0001",
        "bound": "-500.0000",
        "worst_value": "-500.0001",
        "currency": "EUR",
        "began_at": "2026-01-05T18:30:00.125Z",
        "ended_at": None,
        "ended_because": None,
        "link": "https://board.example/limits?game=%3C%21channel%3E%26g+1",
    }


def test_every_try_sends_the_same_bytes_whatever_has_come_since() -> None:
    later = replace(BREACH, worst_value=D(-900), tries=5, problem="x", ended_at=AT)

    assert body(message(later, "begin", "EUR", "")) == body(message(BREACH, "begin", "EUR", ""))


@pytest.mark.parametrize(
    ("because", "value", "words"),
    [
        ("within", "-499", "no longer passed (back within)"),
        ("gone", None, "(nothing left to measure): "),
        ("deleted", None, "(it was deleted): Worst case of market total 2.5 of game"),
    ],
)
def test_an_end_says_why(because: str, value: str | None, words: str) -> None:
    ended = replace(
        BREACH,
        begin_notified_at=AT,
        ended_at=AT,
        ended_because=because,
        ended_value=None if value is None else D(value),
    )

    said = message(ended, due(ended), "EUR", "")

    assert (said.id, said.event, said.link) == ("7-end", "end", None)
    assert (said.ended_because, said.worst_value) == (because, "-800.0000")
    assert said.value == (None if value is None else "-499.0000")
    assert words in said.text


def test_the_signature_is_the_bodys_hmac() -> None:
    expected = hmac.new(b"key", b"{}", hashlib.sha256).hexdigest()

    assert signature("key", b"{}") == f"sha256={expected}"


@pytest.mark.parametrize(
    ("status", "problem"),
    [(200, ""), (204, ""), (301, "answered 301"), (400, "answered 400"), (503, "answered 503")],
)
def test_only_2xx_is_taken_and_no_redirect_followed(status: int, problem: str) -> None:
    with hook(status) as served:
        assert webhook.post(served.url, b"{}", {"X-A": "b"}, 30) == problem
    assert [(headers["X-A"], said) for headers, said in served.got] == [("b", b"{}")]


def test_silence_and_a_closed_port_are_problems_without_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with hook(HANG) as served:
        assert webhook.post(served.url, b"{}", {}, 0.2) == "no answer within 0.2 s"
    closed = webhook.post(served.url, b"{}", {}, 30)

    assert closed == "cannot be reached (ConnectError)"
    with hook(200) as served:
        webhook.post(served.url, b"{}", {}, 30)
    assert "s3cret" not in caplog.text
    assert "127.0.0.1" not in caplog.text
    assert webhook.post("http://[", b"{}", {}, 1).startswith("cannot be reached (")


def test_waits_double_up_to_a_bound() -> None:
    assert [backoff_s(tries) for tries in (0, 1, 2, 8, 9, 10**9)] == [1, 2, 4, 256, 300, 300]


def test_the_address_is_shown_nowhere() -> None:
    to = Webhook("https://hooks.example/s3cret", "k3y", "EUR", "")
    settings = Settings.load(board_webhook_url=to.url, board_webhook_secret="k3y")

    assert "s3cret" not in repr(to) + repr(settings)
    assert settings.resolved_board_webhook_url() == to.url


@pytest.mark.parametrize(
    "url", ["hooks.example/s3cret", "ftp://h/s3cret", "https:///s3cret", "http://[s3cret"]
)
def test_an_address_that_is_none_is_one_sentence_without_it(url: str) -> None:
    with pytest.raises(UserError, match="board_webhook_url") as caught:
        Settings.load(board_webhook_url=url).resolved_board_webhook_url()
    assert "s3cret" not in str(caught.value)


def test_a_boards_address_must_be_one() -> None:
    assert Settings.load(board_url="https://board.example/").board_url == "https://board.example"
    with pytest.raises(UserError, match="board_url"):
        Settings.load(board_url="board.example")
