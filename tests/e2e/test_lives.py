"""Whole lives of bets on the real job: in any order, against plain arithmetic, to the cent.

LIVES_ROUNDS sets how many rounds of lives are played; one round takes about half a minute.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from betpnl.verify.tables import TABLES, Table
from tests.e2e.world import ON_BATCHED_WORLD, World
from tests.lives import truth
from tests.lives.strategies import RATE_CURRENCIES, Life, Message, lives

pytestmark = ON_BATCHED_WORLD

ROUNDS = int(os.environ.get("LIVES_ROUNDS", "1"))
LIVES = 12
# Which copy of a version stands there, and what stood there before, tells of the way, not the end.
OF_THE_WAY = {"adjustment"}
PREFIXED = ("bet_id", "game_id", "sport")
_numbers = itertools.count()


def _send(world: World, messages: Sequence[Message]) -> None:
    for topic, record in messages:
        world.send(topic, record)


def _rows(world: World, table: Table, prefix: str) -> list[tuple[Any, ...]]:
    """The rows of a life, without its prefix."""
    columns = [name for name in table.columns if name not in OF_THE_WAY]
    key = next(name for name in columns if name in PREFIXED)
    names = ", ".join(f"`{name}`" for name in columns)
    found = world.rows(
        f"SELECT {names} FROM {table.name} WHERE {key} LIKE %s ORDER BY {names}", f"{prefix}-%"
    )
    return [
        tuple(value.replace(f"{prefix}-", "") if isinstance(value, str) else value for value in row)
        for row in found
    ]


COMPARED = [table for table in TABLES if table.name not in ("bet_version", "bet_reject", "fx_rate")]


def _ends(messages: Sequence[Message]) -> list[Message]:
    """The newest word on each selection, where it is settled."""
    newest: dict[tuple[str, ...], Message] = {}
    for message in sorted(messages, key=lambda each: int(each[1]["version"])):
        topic, record = message
        if topic == "results":
            key = tuple(record[name] for name in ("game_id", "market", "line", "selection"))
            newest[key] = message
    return [message for message in newest.values() if message[1]["status"] == "settled"]


def _next(end: Message, step: int, status: str) -> Message:
    topic, record = end
    return topic, {**record, "version": record["version"] + step, "status": status}


def _check(world: World, played: dict[str, list[Message]]) -> None:
    world.verify()
    for prefix, messages in played.items():
        found = {
            row[0]: truth.Sums(*row[1:])
            for row in world.rows(
                "SELECT game_id, handle, bonus_handle, settled_handle, payout, cash_out_pnl"
                " FROM game_pnl WHERE game_id LIKE %s",
                f"{prefix}-%",
            )
        }
        assert found == truth.games(messages), prefix


@settings(
    max_examples=ROUNDS,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(lives(), min_size=LIVES, max_size=LIVES), st.randoms(use_true_random=False))
def test_lives_end_as_they_must_whatever_comes_first(
    world: World, drawn: list[Life], random: Any
) -> None:
    one_way: dict[str, list[Message]] = {}
    other_way: dict[str, list[Message]] = {}
    for life in drawn:
        number = next(_numbers)
        currency = RATE_CURRENCIES[number % len(RATE_CURRENCIES)]
        one_way[f"one{number}"] = life.under(f"one{number}", currency)
        other_way[f"other{number}"] = life.under(f"other{number}", currency)
    for played in (one_way, other_way):
        mixed = [message for messages in played.values() for message in messages]
        random.shuffle(mixed)
        _send(world, mixed)
    _check(world, one_way | other_way)
    ends = {
        (prefix, table.name): _rows(world, table, prefix)
        for prefix in one_way
        for table in COMPARED
    }
    for (prefix, name), rows in ends.items():
        table = next(each for each in COMPARED if each.name == name)
        assert _rows(world, table, prefix.replace("one", "other")) == rows, (prefix, name)

    settled = [end for messages in one_way.values() for end in _ends(messages)]
    _send(world, [_next(end, 1, "rolled_back") for end in settled])
    world.verify()
    assert world.rows("SELECT SUM(payout) FROM game_settled WHERE game_id LIKE 'one%%-g:%%'") in (
        [(None,)],
        [(0,)],
    )
    _send(world, [_next(end, 2, "settled") for end in settled])
    world.verify()

    for (prefix, name), rows in ends.items():
        table = next(each for each in COMPARED if each.name == name)
        if name != "selection_result":
            assert _rows(world, table, prefix) == rows, (prefix, name)
