"""The contract's page says what the code does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from betpnl.contract.checks import Rules
from betpnl.contract.reading import reader
from betpnl.contract.records import Leg
from betpnl.contract.topics import BETS, TOPICS

PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text(encoding="utf-8")


def test_the_example_is_a_valid_bet() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    arrived = int(datetime(2026, 11, 1, 12, 0, 1, tzinfo=UTC).timestamp() * 1000)
    rules = Rules("EUR", bet_horizon_ms=86_400_000, accepted_ahead_ms=0)

    assert (
        reader(BETS, rules).read(example.encode(), arrived).bet_id == json.loads(example)["bet_id"]
    )


def test_what_a_leg_may_say_of_its_game_and_market_is_explained() -> None:
    explained = set(re.findall(r"\*\*(\w+)\*\*", PAGE))
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (shown,) = json.loads(example)["legs"]

    assert set(Leg.__struct_fields__) <= explained | shown.keys()


def test_every_topic_is_listed_with_its_key() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w, ]+) \|", PAGE.split("## Kinds")[0], re.MULTILINE))

    assert rows == {topic.name: ", ".join(topic.key_fields) for topic in TOPICS}
