"""The demo's own parts: games that end when it is cut short, and the account at its end."""

import threading
from collections import Counter

import msgspec
import pytest
from typer.testing import CliRunner

from betpnl.cli import app
from betpnl.contract.checks import Rules
from betpnl.contract.reading import Reader
from betpnl.contract.records import Game
from betpnl.contract.topics import BETS, GAMES, RESULTS
from betpnl.demo.account import BetRows, account
from betpnl.demo.endings import endings
from betpnl.demo.play import Wish
from betpnl.demo.sending import Sending
from betpnl.errors import UserError
from betpnl.games import load_games
from betpnl.replay import Block, Nowhere, Options, Report, plan
from betpnl.replay.timeline import Step

OPTIONS = Options(seed=5, rate=200, games=8, game_s=6, seconds=20)
CUT_S = 9.0


class Keeping(Nowhere):
    """Keeps what it is sent; says when the first bet has come."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.begun = threading.Event()

    def send(self, block: Block, start: int, stop: int) -> None:
        self.sent += [(block.topic.name, value) for value in block.values[start:stop]]
        if block.topic is BETS:
            self.begun.set()


def test_every_open_game_ends_with_newer_versions_and_all_of_its_results() -> None:
    planned = plan(OPTIONS, load_games())
    said: dict[str, int] = {}
    for message in planned:
        if message.at_s <= CUT_S and message.topic is GAMES:
            record = msgspec.json.decode(message.value, type=Game)
            said[record.game_id] = max(said.get(record.game_id, 0), record.version)
    moments = [m for m in planned.timeline.moments if m.at_s <= CUT_S]
    ended = {m.fixture.game_id for m in moments if m.step is Step.END}
    still_open = {m.fixture.game_id: m.fixture for m in moments}
    still_open = {name: f for name, f in still_open.items() if name not in ended}
    assert still_open

    blocks = list(endings(planned, CUT_S))

    reader = Reader(RESULTS, Rules("EUR", 10**12, 10**6))
    games = [
        msgspec.json.decode(v, type=Game) for b in blocks if b.topic is GAMES for v in b.values
    ]
    results = [reader.read(v, 0) for b in blocks if b.topic is RESULTS for v in b.values]
    assert {game.game_id for game in games} == set(still_open)
    assert all(game.status == "ended" and game.version > said[game.game_id] for game in games)
    assert Counter(result.game_id for result in results) == {
        name: len(fixture.game.results) for name, fixture in still_open.items()
    }


def test_a_replay_that_is_stopped_leaves_no_game_open() -> None:
    sink = Keeping()
    sending = Sending(OPTIONS, sink)
    sending.start()
    assert sink.begun.wait(30), "no bet was sent"

    report = sending.stop()

    games = [
        msgspec.json.decode(value, type=Game) for topic, value in sink.sent if topic == "games"
    ]
    states = {game.game_id: game.status for game in games}
    assert report.interrupted
    assert set(states.values()) == {"ended"}
    assert report.sent == len(sink.sent)


def test_a_replay_that_never_began_can_be_stopped() -> None:
    assert Sending(OPTIONS, Nowhere()).stop().sent == 0


def _account(arrived: int = 10, waiting: int = 0, rejected: int = 1) -> list[str]:
    report = Report(topics=Counter(bets=10), waiting=waiting)
    before, after = {"bets": [3, 2]}, {"bets": [3 + arrived, 2]}
    return account(report, before, after, BetRows(12, 2, rejected)).faults


def test_the_account_adds_up_when_every_record_is_somewhere() -> None:
    assert _account() == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (_account(arrived=9), "10 records were sent to bets, but its log grew by 9"),
        (_account(waiting=2), "has not acknowledged 2"),
        (_account(rejected=0), "The log holds 15 records of bets, and MySQL rows for 14"),
    ],
)
def test_the_account_says_what_does_not_add_up(found: list[str], words: str) -> None:
    assert any(words in fault for fault in found)


def test_the_same_seed_gives_other_ids_in_every_demo() -> None:
    wish = Wish(seconds=5, rate=100, games=3, game_s=5, seed=1)

    first, second = (wish.options("EUR", now_s) for now_s in (1.7e9, 1.7e9 + 1))

    assert first.seed == second.seed
    assert first.tag != second.tag


@pytest.mark.parametrize("name", ["mysql_url", "kafka_bootstrap", "flink_rest_url"])
def test_made_up_bets_are_never_sent_to_services_of_others(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "mysql_url": "mysql://me@db:3306",
        "kafka_bootstrap": "kafka:9092",
        "flink_rest_url": "http://flink:8081",
    }
    monkeypatch.setenv(f"BETPNL_{name.upper()}", values[name])

    found = CliRunner().invoke(app, ["demo"])

    assert isinstance(found.exception, UserError)
    assert name in str(found.exception)
