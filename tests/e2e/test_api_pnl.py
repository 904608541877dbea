"""PNL out over HTTP, from a real MySQL and MariaDB, by the real process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import jsonschema
import pymysql
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from betpnl import stack
from betpnl.api.pnl.feed import Feed
from betpnl.api.pnl.pool import open_reader, why
from betpnl.job.schema import create_tables
from betpnl.paths import PROJECT
from betpnl.stack import resolve
from betpnl.stack.memory import Memory
from tests.e2e.pnl_rows import AT, ODD_ID, book, placed, put
from tests.e2e.pnl_server import Served, serving
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e

SORTS = ("handle", "total_pnl", "realised_pnl", "expected_pnl", "liability", "starts_at")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home")) as ready:
        yield ready


@pytest.fixture(scope="module")
def on_mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), mysql_flavour="mariadb") as ready:
        yield ready


@pytest.fixture(params=["served", "on_mariadb"])
def either(request: pytest.FixtureRequest) -> Served:
    """MySQL and MariaDB in turn."""
    server: Served = request.getfixturevalue(request.param)
    return server


def by_id(rows: list[dict[str, Any]], name: str = "game_id") -> dict[str, dict[str, Any]]:
    found = {row[name]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_games_are_those_of_the_views_to_the_cent(either: Served) -> None:
    boards = by_id(either.rows("SELECT * FROM game_board"))
    sums = by_id(either.rows("SELECT * FROM game_pnl"))
    assert len(boards) > 40
    assert len({row["liability"] for row in boards.values()}) > 10

    games = by_id(either.walk(limit=7))

    assert games.keys() == boards.keys()
    for game_id, game in games.items():
        written = game.pop("updated_at")
        assert written >= sums[game_id]["updated_at"]
        expected = {**sums[game_id], **boards[game_id]}
        expected.pop("updated_at")
        assert game == expected


def test_sports_are_those_of_the_view(either: Served) -> None:
    counts = ("games", "bets", "settled_bets", "open_bets")
    expected = either.rows("SELECT * FROM sport_pnl ORDER BY sport")

    sports = either.get("/v1/sports")["sports"]

    assert [row["sport"] for row in sports] == ["basketball", "football", "tennis", "unknown"]
    assert sports == [
        {**row, **{name: int(Decimal(row[name])) for name in counts}} for row in expected
    ]


def test_markets_of_a_game_are_those_of_the_exposure(either: Served) -> None:
    open_selections = 0
    for game_id in ("game-001", "game-002", "game-003", "game-006", ODD_ID):
        exposed = {
            (row["market"], row["line"], row["selection"]): row
            for row in either.rows("SELECT * FROM game_exposure WHERE game_id = %s", game_id)
        }
        with either.client() as client:
            answer = client.get(f"/v1/games/{quoted(game_id)}").json()
        assert answer["game"]["game_id"] == game_id
        for market in answer["markets"]:
            for selection in market["selections"]:
                row = exposed.pop((market["market"], market["line"], selection["selection"]), None)
                assert (row is None) == (selection["result"] is not None)
                if row is not None:
                    open_selections += 1
                    assert selection["pnl_if_win"] == row["pnl_if_win"]
                    assert selection["payout_win"] == row["payout_win"]
                    assert selection["odds"] == row["odds"]
                    assert market["handle_riding"] == row["market_handle"]
                    assert market["realised_pnl"] == row["market_realised_pnl"]
                    assert market["worst_case"] == row["worst_case"]
                    assert market["best_case"] == row["best_case"]
                    assert market["liability"] == row["liability"]
        assert exposed == {}
    assert open_selections > 5


def test_the_mark_of_a_game_reads_no_other_games_rows(either: Served) -> None:
    plan = (
        "EXPLAIN FORMAT=TRADITIONAL " if either.settings.mysql_flavour != "mariadb" else "EXPLAIN "
    )
    (game,) = either.rows("SELECT MIN(game_id) AS game_id FROM selection_price")

    steps = either.rows(plan + "SELECT * FROM game_mark WHERE game_id = %s", game["game_id"])

    stored = [step for step in steps if step["table"] in ("b", "p", "s", "g", "r")]
    assert len(stored) >= 6
    assert {step["type"] for step in stored} <= {"const", "ref", "eq_ref"}


def test_a_bet_with_its_history_its_legs_and_any_id(either: Served) -> None:
    (figures,) = either.rows("SELECT * FROM bet_pnl WHERE bet_id = %s", ODD_ID)
    (newest,) = either.rows("SELECT * FROM bet WHERE bet_id = %s", ODD_ID)
    history = either.rows("SELECT * FROM bet_history WHERE bet_id = %s ORDER BY age", ODD_ID)
    (result,) = either.rows(
        "SELECT * FROM selection_result WHERE game_id = %s AND market = 'match_result' "
        "AND selection = 'home'",
        ODD_ID,
    )

    with either.client() as client:
        answer = client.get(f"/v1/bets/{quoted(ODD_ID)}").json()

    for row in (newest, *history):
        row.update({name: json.loads(row[name]) for name in ("legs", "terms")})
    bet = answer["bet"]
    for row in (newest, figures):
        assert bet | {name: value for name, value in row.items() if name in bet} == bet
    assert bet["p_win"] == "0.00000001"
    assert bet["accepted_at"] == AT.replace(" ", "T") + "Z"
    assert [version["version"] for version in answer["versions"]] == [2, 1]
    for version, row in zip(answer["versions"], history, strict=True):
        assert row | version == row
    (leg,) = answer["legs"]
    assert leg["game_id"] == ODD_ID
    assert leg["odds"] == "2.3500"
    assert leg["result"] == (result["result"] if result["status"] == "settled" else None)


def test_a_bet_that_was_only_refused_says_why(either: Served) -> None:
    with either.client() as client:
        refused, unknown = client.get("/v1/bets/refused"), client.get("/v1/bets/ref")
        other = client.get("/v1/games/nobody-bet-on-this")

    assert refused.status_code == unknown.status_code == other.status_code == 404
    assert refused.json()["error"]["code"] == "bet_refused"
    assert "stake: must be above 0" in refused.json()["error"]["message"]
    assert unknown.json()["error"]["code"] == "no_such_bet"
    assert other.json()["error"]["code"] == "no_such_game"


@pytest.mark.parametrize("sort", [sign + name for name in SORTS for sign in ("", "-")])
def test_each_order_is_kept_over_the_pages(served: Served, sort: str) -> None:
    name = sort.removeprefix("-")

    games = served.walk(sort=sort, limit=4)

    def place(game: dict[str, Any]) -> Any:
        if name == "starts_at":
            return game[name] or "9999"
        return Decimal(game[name])

    by_hand = sorted(served.walk(limit=1000), key=lambda game: game["game_id"])
    by_hand.sort(key=place, reverse=sort.startswith("-"))
    assert [game["game_id"] for game in games] == [game["game_id"] for game in by_hand]


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"sport": ["tennis", "unknown"]}, "sport IN ('tennis', 'unknown')"),
    ({"competition": "League 1"}, "competition = 'League 1'"),
    ({"status": ["live", "ended"]}, "status IN ('live', 'ended')"),
    ({"open": "true"}, "open_bets > 0"),
    ({"open": "false"}, "open_bets <= 0"),
    ({"min_liability": "55.5"}, "liability >= 55.5"),
    ({"min_liability": "55.5", "sort": "handle", "sport": "tennis"}, "liability >= 55.5"
     " AND sport = 'tennis'"),
    ({"id": ["game-003", ODD_ID, "game-3"]}, "game_id IN ('game-003', %s)"),
    ({"id": "x", "sport": "tennis"}, "FALSE"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "condition"), FILTERS)
def test_filters_leave_what_they_say(either: Served, asked: dict[str, Any], condition: str) -> None:
    values = [ODD_ID] if "%s" in condition else []
    rows = either.rows(f"SELECT game_id FROM game_board WHERE {condition}", *values)

    found = either.walk(limit=3, **asked)

    assert {game["game_id"] for game in found} == {row["game_id"] for row in rows}
    assert len(found) == len(rows)


def test_walking_meets_each_game_once_while_rows_change(served: Served) -> None:
    before = {game["game_id"] for game in served.walk(limit=1000)}
    met: list[str] = []
    cursor: dict[str, str] = {}
    with served.database() as connection:
        for number in range(1000):
            page = served.get("/v1/games", limit=3, **cursor)
            met += [game["game_id"] for game in page["games"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
            # One before the place where the walk stands, and every figure is another one.
            put(connection, "game_placed", [placed(f"a-new-{number:03}")])
            with connection.cursor() as writing:
                writing.execute("UPDATE game_placed SET bets = bets + 1, handle = handle - 1")

    assert len(met) == len(set(met))
    assert set(met) == before
    with served.database() as connection, connection.cursor() as writing:
        writing.execute("DELETE FROM game_placed WHERE game_id LIKE 'a-new-%'")
        writing.execute("UPDATE game_placed SET handle = handle + %s", (len(met) // 3,))


def test_who_follows_changes_misses_none_of_them(served: Served) -> None:
    as_of = served.get("/v1/games", limit=1)["as_of"]
    # What was written within the overlap before it comes as well, so let it age.
    served.execute("UPDATE game_placed SET updated_at = updated_at - INTERVAL 1 MINUTE")
    for table in ("game", "game_settled", "game_ticket_settled"):
        served.execute(f"UPDATE {table} SET updated_at = updated_at - INTERVAL 1 MINUTE")
    served.execute("UPDATE game_risk SET updated_at = updated_at - INTERVAL 1 MINUTE")
    assert served.walk(changed_since=as_of) == []

    served.execute("UPDATE game_placed SET bets = bets + 1 WHERE game_id = 'game-005'")
    served.execute("UPDATE game_settled SET payout = payout + 1 WHERE game_id = 'game-004'")
    served.execute("UPDATE game SET minute = minute + 1 WHERE game_id = 'game-010'")
    served.execute("UPDATE game_risk SET worst_case = worst_case - 1 WHERE game_id = 'game-012'")

    found = served.walk(changed_since=as_of, limit=1)
    assert [game["game_id"] for game in found] == ["game-004", "game-005", "game-010", "game-012"]


@pytest.mark.parametrize(
    "path", ["/v1/games", "/v1/games/game-001", "/v1/sports", "/v1/bets/bet-1", "/v1/stream"]
)
def test_only_a_token_that_may_read_reads(served: Served, path: str) -> None:
    for token, status in ((served.writer, 403), ("betpnl_0_x", 401)):
        with served.client(token) as client:
            answer = client.get(path)
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"code", "message", "field", "request_id"}


def test_the_database_user_cannot_write(either: Served) -> None:
    connection = open_reader(either.settings)
    with connection, connection.cursor() as cursor:
        for attempt in (
            "UPDATE game_placed SET bets = 0",
            "DROP TABLE bet",
            "CREATE TABLE x (a INT)",
        ):
            with pytest.raises(pymysql.err.OperationalError, match=r"denied|READ ONLY"):
                cursor.execute(attempt)


def test_a_server_of_others_is_read_only_even_by_a_user_who_may_write(served: Served) -> None:
    found = resolve.mysql(served.settings)
    theirs = served.settings.model_copy(
        update={
            "mysql_url": f"mysql://{found.mysql_user}@{found.mysql_host}:{found.mysql_port}",
            "mysql_password": served.settings.mysql_password.__class__(found.mysql_password),
        }
    )
    connection = open_reader(theirs)
    with connection, connection.cursor() as cursor:
        with pytest.raises(pymysql.err.OperationalError, match="READ ONLY"):
            cursor.execute("UPDATE game_placed SET bets = 0")
        cursor.execute("SELECT CURRENT_USER()")
        assert cursor.fetchone()[0].startswith("betpnl@")

    reader = theirs.model_copy(
        update={
            "mysql_read_user": found.mysql_read_user,
            "mysql_read_password": theirs.mysql_password.__class__(found.mysql_read_password),
        }
    )
    with open_reader(reader) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_USER()")
        assert cursor.fetchone()[0].startswith("betpnl_read@")


def test_a_question_that_takes_too_long_is_ended_by_the_server(either: Served) -> None:
    hasty = either.settings.model_copy(update={"api_read_time_max_ms": 50})
    endless = " CROSS JOIN ".join(f"game_placed AS g{number}" for number in range(8))
    with open_reader(hasty) as connection, connection.cursor() as cursor:
        with pytest.raises(pymysql.err.MySQLError) as caught:
            cursor.execute(f"SELECT SUM(g0.bets + g7.bets) FROM {endless}")
        assert why(caught.value).code == "too_slow"
        cursor.execute("SELECT 1")


def test_answers_are_as_the_openapi_says(served: Served) -> None:
    with served.client() as client:
        document = client.get("/openapi.json").json()
        answers = {
            "GamesPage": client.get("/v1/games", params={"limit": 1000}).json(),
            "GameAnswer": client.get("/v1/games/game-001").json(),
            "SportsAnswer": client.get("/v1/sports").json(),
            "BetAnswer": client.get("/v1/bets/bet-1").json(),
            "ErrorAnswer": client.get("/v1/games/none").json(),
        }
    for name, answer in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer)
        assert answer


TEXTS = st.one_of(
    st.text(max_size=70),
    st.sampled_from(["' OR 1=1 -- ", "\\", "%s", "%(x)s", "\0", "'; DROP TABLE bet; #", "%", ".."]),
)
NAMES = st.sampled_from(
    ["id", "sport", "competition", "status", "open", "min_liability", "changed_since", "sort",
     "limit", "cursor"]
)  # fmt: skip
VALUES = st.one_of(
    TEXTS,
    st.integers().map(str),
    st.floats().map(str),
    st.decimals().map(str),
    st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
    st.sampled_from(["true", "liability", "-handle", "1e9999", "9" * 400, "0001-01-01T00:00:00Z"]),
)


def quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def test_no_parameter_and_no_id_breaks_it(served: Served) -> None:
    before = served.rows("SELECT COUNT(*) AS bets FROM bet")
    seen: set[int] = set()
    with served.client() as client:

        @fuzzing(
            max_examples=150,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(st.lists(st.tuples(NAMES, VALUES), max_size=3), TEXTS)
        def ask(parameters: list[tuple[str, str]], text: str) -> None:
            query = "&".join(f"{name}={quoted(value)}" for name, value in parameters)
            for path in (f"/v1/games?{query}", f"/v1/games/{quoted(text)}"):
                seen.add(client.get(path).status_code)
            seen.add(client.get(f"/v1/bets/{quoted(text)}").status_code)

        ask()

    assert seen == {200, 404, 422}
    assert served.rows("SELECT COUNT(*) AS bets FROM bet") == before


PAGE = (PROJECT / "docs" / "api-pnl.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(bash|python)\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_of_the_page_run(served: Served) -> None:
    with served.database() as connection:
        put(connection, "game_placed", [placed("match-1")])
    environment = {**os.environ, "API": served.url, "TOKEN": served.reader}
    said = []
    for language, text in EXAMPLES:
        command = ["bash", "-euc"] if language == "bash" else [sys.executable, "-c"]
        done = subprocess.run(
            [*command, text], env=environment, capture_output=True, text=True, timeout=DEADLINE_S
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        said.append(done.stdout)

    assert len(said) == 6
    games, walked, _, one, streamed, listened = said
    assert json.loads(games)["games"][0]["sport"] == "football"
    assert Decimal(walked.split()[-1]) == sum(
        Decimal(game["total_pnl"]) for game in served.walk(limit=1000)
    )
    assert '"game_id":"match-1"' in one
    assert '"bet_id":"bet-1"' in one
    assert "event: games" in streamed
    assert listened.startswith(f"{len(served.walk(limit=1000))} games as of")


def test_an_older_database_gets_what_it_lacks(served: Served) -> None:
    with served.database() as connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE game_settled DROP COLUMN updated_at")
        cursor.execute("ALTER TABLE game_minute DROP COLUMN cash_out_pnl")
        cursor.execute("ALTER TABLE bet DROP INDEX bet_by_game")
        create_tables(connection, served.settings)
        create_tables(connection, served.settings)
        cursor.execute("SELECT COUNT(updated_at) FROM game_settled")
        assert cursor.fetchone()[0] > 10
        cursor.execute("SELECT SUM(cash_out_pnl) FROM game_minute")
        cursor.execute("SELECT bet_id FROM bet FORCE INDEX (bet_by_game) LIMIT 1")
        assert cursor.fetchone() is not None


def test_another_walks_cursor_is_refused(served: Served) -> None:
    cursor = served.get("/v1/games", limit=1)["next_cursor"]
    with served.client() as client:
        for asked in ({"sort": "handle"}, {"sport": "tennis"}):
            answer = client.get("/v1/games", params={"cursor": cursor, **asked})
            assert answer.status_code == 422
            assert answer.json()["error"]["field"] == "cursor"
        assert client.get("/v1/games", params={"cursor": cursor, "limit": 9}).status_code == 200


def test_a_row_that_is_gone_is_told_and_one_that_is_over_is_let_go(served: Served) -> None:
    with served.database() as connection:
        put(connection, "game_placed", [placed("moves"), {**placed("ends"), "riding_bets": 0}])
        feed = Feed(lambda: open_reader(served.settings))
        try:
            first = feed.read()
            assert {"moves", "ends"} <= {game.game_id for game in first.changed}
            assert feed.read().changed == []
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM game_placed WHERE game_id = 'moves'")
                cursor.execute(
                    "UPDATE game_placed SET updated_at = updated_at - INTERVAL 2 DAY "
                    "WHERE game_id = 'ends'"
                )
            later = feed.read(whole=True)
            assert (later.changed, later.gone, later.past) == ([], ["moves"], ["ends"])
            put(connection, "selection_book", [book("ends", "m", "", "s", Decimal(7))])
            assert [game.game_id for game in feed.read().changed] == ["ends"]
        finally:
            feed.close()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM game_placed WHERE game_id IN ('moves', 'ends')")
                for table in ("selection_book", "game_risk"):
                    cursor.execute(f"DELETE FROM {table} WHERE game_id = 'ends'")


def test_a_mysql_that_hangs_holds_nobody_up_for_long(served: Served) -> None:
    process = Memory.read(served.settings.home).services["mysql"].process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        with served.client() as client:
            answer = client.get("/v1/sports")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    finally:
        os.kill(process.pid, signal.SIGCONT)
    until(lambda: _status(served) == 200, "it does not recover")


def test_mysql_away_is_said_and_forgotten_once_it_is_back(served: Served) -> None:
    stack.stop(served.settings, names=["mysql"], kill=True)
    with served.client() as client:
        answer = client.get("/v1/games")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "database_away"
        assert int(answer.headers["retry-after"]) > 0
        assert client.get("/healthz").status_code == 200

    stack.start(served.settings, names=["mysql"])

    until(lambda: _status(served) == 200, "it does not recover")


def _status(served: Served) -> int:
    with served.client() as client:
        return client.get("/v1/sports").status_code
