"""`betpnl pull` against a real Kafka and an API that misbehaves: killed again and again, nothing
is lost, and it goes on exactly where Kafka had it."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from betpnl import stack
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap
from tests.bookmaker import Bookmaker, Reply, Request, bookmaker
from tests.e2e.world import bet, betpnl, now, result
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e

KILLS = 8
LIMITS = """
[limits]
timeout_s = 2
backoff_first_s = 0.01
backoff_max_s = 0.05
retry_slow_s = 0.05
"""
BETS = """
topic = "bets"
url = "{url}/bets"
records = "data"
poll_s = 0.05
[paging]
kind = "cursor"
parameter = "after"
next = "next"
"""
RESULTS = """
topic = "results"
url = "{url}/results"
records = "@"
poll_s = 0.05
[paging]
kind = "since"
parameter = "since"
field = "settled_at"
type = "time"
overlap = 5
size = 40
"""
GAMES = """
topic = "games"
url = "{url}/games"
records = "@"
poll_s = 0.05
[paging]
kind = "page"
parameter = "offset"
unit = "offset"
overlap = 5
newest_first = true
"""
BROKEN = BETS.replace("/bets", "/nothing")


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings.load(home=home, kafka_heap_mb=256, start_timeout_s=DEADLINE_S)
    try:
        stack.start(settings, names=["kafka"])
        yield settings
    finally:
        stack.stop(settings, kill=True)


class Sportsbook:
    """Three lists that grow while they are read; `rude` is the share of bad answers."""

    def __init__(self, seed: int) -> None:
        self.bets: list[dict[str, Any]] = []
        self.results: list[dict[str, Any]] = []
        self.games: list[dict[str, Any]] = []
        self.rude = 0.25
        self.asked_after: list[str] = []
        self._random, self._lock = random.Random(seed), threading.Lock()

    def grow(self) -> None:
        """A little more of everything, newer versions of what is there among it."""
        draw, at = self._random, len(self.bets)
        for _ in range(draw.randint(0, 25)):
            number = draw.randint(0, at // 2 + 3)
            version = sum(1 for each in self.bets if each["bet_id"] == f"b{number}") + 1
            self.bets.append(bet(f"b{number}", version=version, stake=version))
        for _ in range(draw.randint(0, 5)):
            self.results.append(result(f"g{len(self.results)}"))
        for _ in range(draw.randint(0, 5)):
            game = {"game_id": f"g{len(self.games)}", "version": 1, "sport": "football"}
            self.games.insert(0, game)

    def answer(self, request: Request) -> Reply:
        with self._lock:
            if request.path == "/bets":
                self.asked_after.append(request.params.get("after", ""))
            if self._random.random() < self.rude:
                return self._rude()
            self.grow()
            return self._answer(request)

    def _answer(self, request: Request) -> Reply:
        if request.path == "/bets":
            at = int(request.params.get("after", 0))
            page = self.bets[at : at + 30]
            return Reply({"data": page, "next": str(at + len(page))})
        if request.path == "/results":
            since = request.params.get("since", "")
            # Their times are texts of one form, so they compare as such.
            found = [each for each in self.results if _utc(each["settled_at"]) > since]
            return Reply(found[:40])
        if request.path == "/games":
            at = int(request.params["offset"])
            return Reply(self.games[at : at + 20])
        return Reply({}, status=404)

    def _rude(self) -> Reply:
        return self._random.choice(
            [
                Reply({}, status=500),
                Reply({}, status=429, headers={"Retry-After": "0"}),
                Reply({}, status=401),
                Reply(b"<html>", headers={"Content-Type": "text/html"}),
                Reply({"data": [bet("half")]}, cut=30),
                Reply(b'{"data": [{"bet_id": "ha'),
                Reply(reset=True),
                Reply(status=302, headers={"Location": "http://elsewhere.example/"}),
                Reply(hang=True),
            ]
        )


def _utc(time: str) -> str:
    return time.replace("+00:00", "Z")


@contextmanager
def _pulling(settings: Settings, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "betpnl.cli", "pull", *map(str, arguments)],
        env={**os.environ, **settings.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell in the background would have it ignored, and what is ignored stays so.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _files(folder: Path, api: Bookmaker, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.toml")
        paths[-1].write_text(text.format(url=api.url) + LIMITS, encoding="utf-8")
    return paths


def _place(settings: Settings, name: str) -> dict[str, Any] | None:
    path = settings.home / "pull" / f"{name}.sqlite"
    if not path.exists():
        return None
    with sqlite3.connect(path) as db:
        (text,) = db.execute("SELECT place FROM pull").fetchone() or ("null",)
    db.close()
    place: dict[str, Any] | None = json.loads(text)
    return place


def _log(settings: Settings, topic: str) -> list[tuple[str, dict[str, Any]]]:
    """Every message of a topic: its key and its record, in the log's order within a key."""
    consumer = Consumer(
        {"bootstrap.servers": kafka_bootstrap(settings), "group.id": "test", "log_level": 0}
    )
    found = []
    try:
        for number in consumer.list_topics(topic, timeout=30).topics[topic].partitions:
            _, end = consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=30)
            consumer.assign([TopicPartition(topic, number, 0)])
            left = end
            while left:
                for message in consumer.consume(min(left, 500), timeout=30):
                    assert message.error() is None
                    found.append((message.key().decode(), json.loads(message.value())))
                    left -= 1
    finally:
        consumer.close()
    return found


def test_killed_again_and_again_nothing_is_lost_and_the_place_is_exact(
    kafka: Settings, tmp_path: Path
) -> None:
    book, draw = Sportsbook(seed=7), random.Random(11)
    with bookmaker(book.answer) as api:
        files = _files(tmp_path, api, bets=BETS, results=RESULTS, games=GAMES, broken=BROKEN)
        for _ in range(KILLS):
            before = _place(kafka, "bets")
            asked = len(book.asked_after)
            with _pulling(kafka, *files) as process:
                wanted = len(api.requests) + draw.randint(1, 60)
                until(lambda n=wanted: len(api.requests) >= n, "nothing asks")  # type: ignore[misc]
                process.send_signal(signal.SIGKILL)
                process.wait()
            if before is not None and len(book.asked_after) > asked:
                assert book.asked_after[asked] == (before["cursor"] or "")
        place = _place(kafka, "bets")
        assert place is not None
        assert int(place["cursor"]) > 0

        book.rude = 0
        book.grow = lambda: None  # type: ignore[method-assign]
        last = betpnl(kafka, "pull", "--once", *map(str, files[:3]))
        assert last.returncode == 0, last.stdout + last.stderr

    place = _place(kafka, "bets")
    assert place == {"cursor": str(len(book.bets))}
    bets = _log(kafka, "bets")
    assert {key for key, _ in bets} == {each["bet_id"] for each in book.bets}
    sent = [record for _, record in bets]
    assert all(each in sent for each in book.bets)
    newest = {each["bet_id"]: each for each in book.bets}
    for key, record in bets:
        assert record["version"] <= newest[key]["version"]
    results = [record for _, record in _log(kafka, "results")]
    assert {each["game_id"] for each in results} == {each["game_id"] for each in book.results}
    games = {record["game_id"] for _, record in _log(kafka, "games")}
    assert games == {each["game_id"] for each in book.games}
    # What one kill repeats is a page, not the list.
    assert len(bets) <= len(book.bets) + KILLS * 30


def test_sigterm_ends_it_at_once_and_another_process_is_kept_out(
    kafka: Settings, tmp_path: Path
) -> None:
    book = Sportsbook(seed=1)
    book.rude = 0
    with bookmaker(book.answer) as api:
        files = _files(tmp_path, api, term=BETS, away=BROKEN)
        with _pulling(kafka, *files) as process:
            until(lambda: len(book.asked_after) > 5, "nothing asks")
            other = betpnl(kafka, "pull", "--once", str(files[0]))
            assert other.returncode == 2
            assert "another `betpnl pull` already follows term" in other.stderr

            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0, said
        assert "Traceback" not in said
        assert "away: waiting: the API answers 404" in said
        assert "term: stopped" in said

        moved = files[0].read_text().replace("/bets", "/others")
        files[0].write_text(moved)
        refused = betpnl(kafka, "pull", "--once", str(files[0]))
        assert refused.returncode == 2
        assert "--from-start" in refused.stderr
        files[0].write_text(
            moved.replace("/others", "/bets").replace("paging]", "paging]\nfirst='0'")
        )
        again = betpnl(kafka, "pull", "--once", "--from-start", str(files[0]))
        assert again.returncode == 0, again.stderr
        assert book.asked_after.count("0") >= 1


def test_a_kafka_that_goes_away_and_comes_back_is_waited_for(
    kafka: Settings, tmp_path: Path
) -> None:
    book = Sportsbook(seed=2)
    book.rude = 0
    with bookmaker(book.answer) as api:
        (path,) = _files(tmp_path, api, patient=BETS)
        with _pulling(kafka, path) as process:
            until(lambda: len(book.asked_after) > 5, "nothing asks")
            stack.stop(kafka, names=["kafka"], kill=True)
            stack.start(kafka, names=["kafka"])
            mark = len(book.asked_after) + 5
            until(lambda: len(book.asked_after) > mark, "it does not go on")
            process.send_signal(signal.SIGINT)
            assert process.wait(DEADLINE_S) == 0
        place = _place(kafka, "patient")
    assert place is not None
    sent = [record for _, record in _log(kafka, "bets")]
    assert all(each in sent for each in book.bets[: int(place["cursor"])])


def test_what_a_client_writes_in_its_own_words_comes_out_as_the_contract(
    kafka: Settings, tmp_path: Path
) -> None:
    ticket = {
        "id": 7, "at": now(), "cents": 1050, "picks": [{"e": "g", "odds": "2.350"}],
    }  # fmt: skip
    text = """
topic = "bets"
url = "{url}/tickets"
records = "@"
[paging]
kind = "page"
parameter = "page"
[fields]
bet_id = {{ at = "id", as = "text" }}
version = {{ at = "at", as = "us" }}
status = {{ value = "accepted" }}
accepted_at = "at"
currency = {{ value = "EUR" }}
stake = {{ at = "cents", decimals = 2 }}
[fields.legs]
each = "picks"
[fields.legs.fields]
leg = {{ count = true }}
game_id = "e"
sport = {{ value = "football" }}
market = {{ value = "winner" }}
selection = {{ value = "home" }}
odds = "odds"
"""
    broken = {"id": 8, "at": "never"}

    def answer(request: Request) -> Reply:
        return Reply([ticket, broken, "text"] if request.params["page"] == "1" else [])

    with bookmaker(answer) as api:
        (path,) = _files(tmp_path, api, own=text)
        checked = betpnl(kafka, "pull", "--check", str(path))
        assert checked.returncode == 1
        assert "3 records for bets, 2 of them invalid" in checked.stdout
        assert "own" not in {path.stem for path in (kafka.home / "pull").glob("own.sqlite")}
        done = betpnl(kafka, "pull", "--once", str(path))
    assert done.returncode == 0, done.stderr
    assert "3 read, 3 published, 0 unchanged, 2 invalid" in done.stdout
    assert "never" not in done.stdout

    sent = _log(kafka, "bets")
    (mine,) = [record for key, record in sent if key == "7"]
    assert mine["stake"] == 10.5
    assert mine["legs"][0]["odds"] == "2.350"
    wrapped = [record for _, record in sent if "not_mapped" in record]
    assert {"not_mapped": "version: is no time", "record": broken} in wrapped
