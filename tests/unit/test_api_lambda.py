"""The API as an AWS Lambda function: every kind of event, one start for all of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from betpnl.api import token_file
from betpnl.api.ingest.examples import EXAMPLES
from betpnl.api.token_book import file_of
from tests.unit.api_serving import add_token, bearer, settings
from tests.unit.lambda_events import FORMATS, answers, packed


def test_each_kind_of_event_is_answered_as_over_http(tmp_path: Path) -> None:
    given = settings(tmp_path / "here")
    token = bearer(add_token(given))
    # A function has no files of its own: the hashes come by the environment.
    hashes = token_file.text_of(token_file.read(file_of(given)))
    there = settings(tmp_path / "there", api_tokens=hashes)
    zipped = {**token, "content-encoding": "gzip"}
    body = json.dumps([{"bet_id": "b1"}])
    events = [
        event
        for form in FORMATS
        for event in (
            form("GET", "/healthz", {}, None, False),
            form("POST", "/v1/bets", {}, body, False),
            form("POST", "/v1/bets", token, body, False),
            form("POST", "/v1/bets", zipped, packed(gzip.compress(body.encode())), True),
            form("POST", "/v1/games", token, json.dumps(EXAMPLES["games"][0]), False),
            form("GET", "/v1/nothing", {"X-Request-Id": "mine"}, None, False),
        )
    ]

    said, lines = answers(there, events)

    assert [answer["statusCode"] for answer in said] == [200, 401, 422, 422, 503, 404] * 3
    for place, form in enumerate(FORMATS):
        ours = said[place * 6 : place * 6 + 6]
        for answer in ours[2:4]:
            (record,) = json.loads(answer["body"])["records"]
            assert record["key"] == {"bet_id": "b1"}, form.__name__
        assert json.loads(ours[5]["body"])["error"]["request_id"] == "mine"
        assert ours[4]["headers"]["retry-after"]
    assert [line["event"] for line in lines].count("request") == len(events)
    # Kafka was found to be away once, not once for each event.
    assert [line["event"] for line in lines].count("kafka_away") == 1
