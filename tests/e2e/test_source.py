"""Bets that a sportsbook keeps in MySQL: nothing lost, nothing twice, whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from betpnl import stack
from betpnl.settings import Settings
from betpnl.source.place import folder
from betpnl.stack.memory import Memory
from tests.e2e.shop import EXAMPLES, Shop
from tests.e2e.world import betpnl
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e

HISTORY = 50_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A sportsbook with a history, and betpnl that follows it."""
    settings = Settings.load(
        home=tmp_path_factory.mktemp("a shop"),
        mysql_source=EXAMPLES / "shop.toml",
        mysql_buffer_pool_mb=128,
        kafka_heap_mb=256,
        start_timeout_s=DEADLINE_S,
    )
    try:
        stack.start(settings, names=["mysql", "kafka"])
        shop = Shop(settings, history=HISTORY)
        shop.script("shop.sql")
        _fill(shop)
        stack.start(settings, names=["connect", "mapper"])
        yield shop
    finally:
        stack.stop(settings)


def _tickets(shop: Shop, numbers: range) -> None:
    """Singles with these numbers, all in one transaction."""
    every = (
        f"WITH RECURSIVE n (i) AS (SELECT {numbers.start} UNION ALL "
        f"SELECT i + 1 FROM n WHERE i < {numbers.stop - 1}) "
    )
    shop.run(
        "SET SESSION cte_max_recursion_depth = 100000",
        "BEGIN",
        "INSERT INTO betpnl_shop.ticket (id, customer_id, stake, placed_at) "
        f"{every} SELECT i, 24, i / 100, UTC_TIMESTAMP(3) FROM n",
        "INSERT INTO betpnl_shop.leg (ticket_id, position, game_id, market, selection, odds) "
        f"{every} SELECT i, 1, 'g1', 'match_result', 'home', 2.4 FROM n",
        "COMMIT",
    )


def _fill(shop: Shop) -> None:
    _tickets(shop, range(1, HISTORY + 1))
    shop.run(
        *(
            f"INSERT INTO betpnl_shop.game (id, sport, home, away) "
            f"VALUES ('g{number}', 'football', 'A', 'B')"
            for number in range(1, 5)
        ),
        "INSERT INTO betpnl_shop.outcome "
        "(id, game_id, market, line, selection, outcome, settled_at) "
        "VALUES (1, 'g1', 'total', 2.50, 'over', 'win', UTC_TIMESTAMP(3))",
    )


def _generation(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder(shop.settings) / "stream.json").read_text())
    return found


def _kill_child(shop: Shop, service: str) -> None:
    """Kill what a service's supervisor watches over, and wait until there is another one."""
    known = Memory.read(shop.settings.home).services[service].process
    assert known is not None
    children = Path(f"/proc/{known.pid}/task/{known.pid}/children")
    (child,) = children.read_text().split()
    os.kill(int(child), signal.SIGKILL)
    until(
        lambda: children.read_text().split() not in ([], [child]),
        f"{service} was not started again",
    )


def test_what_is_there_comes_first_each_ticket_once(shop: Shop) -> None:
    shop.until_streaming()

    bets = shop.log.read().versions["bets"]

    assert len(bets) == HISTORY
    assert {len(versions) for versions in bets.values()} == {1}
    assert sum(Decimal(versions[0]["stake"]) for versions in bets.values()) == sum(
        Decimal(number) / 100 for number in range(1, HISTORY + 1)
    )
    assert shop.log.repeated == 0
    (result,) = shop.log.newest("results").values()
    assert (result["result"], result["line"]) == ("win", "2.5")
    assert set(shop.log.newest("games")) == {"g1", "g2", "g3", "g4"}


def test_a_table_that_is_emptied_is_not_believed_at_once(shop: Shop) -> None:
    shop.run("TRUNCATE TABLE betpnl_shop.leg", "TRUNCATE TABLE betpnl_shop.ticket")

    said = f"{HISTORY} of {HISTORY} records have no row any more"
    until(
        lambda: said in shop.state().get("problems", {}).get("bets gone", ""),
        lambda: f"nobody asks: {shop.state()}",
    )
    assert shop.log.read().newest()["7"]["status"] == "accepted"
    _tickets(shop, range(HISTORY + 1, HISTORY + 2))
    until(lambda: str(HISTORY + 1) in shop.log.read().newest(), "new tickets wait for an answer")
    shop.run(*(f"DELETE FROM betpnl_shop.{table}" for table in ("leg", "ticket")))
    assert betpnl(shop.settings, "status").returncode == 1

    asked = betpnl(shop.settings, "source", "--reconcile")

    assert asked.returncode == 0, asked.stderr
    until(
        lambda: {bet["status"] for bet in shop.log.read().newest().values()} == {"cancelled"},
        "the deleted tickets still count",
    )
    shop.until_streaming()
    assert {len(versions) for versions in shop.log.versions["bets"].values()} == {2}


def test_a_ticket_that_comes_back_counts_again(shop: Shop) -> None:
    _tickets(shop, range(1, 13))

    until(lambda: shop.log.read().newest()["12"]["status"] == "accepted", "ticket 12 is away")
    assert len(shop.log.versions["bets"]["12"]) == 3


def test_changes_come_whole_and_in_order(shop: Shop) -> None:
    shop.run(f"ALTER TABLE betpnl_shop.ticket AUTO_INCREMENT = {HISTORY + 1}")
    with shop.trade(seed=1) as traders:
        traders.until_done(500)

    shop.until_the_same()
    assert shop.log.repeated == 0


def test_a_deleted_ticket_is_cancelled_and_its_rest_stays(shop: Shop) -> None:
    shop.run(
        "DELETE FROM betpnl_shop.leg WHERE ticket_id = 7",
        "DELETE FROM betpnl_shop.ticket WHERE id = 7",
    )
    until(
        lambda: shop.log.read().newest()["7"]["status"] == "cancelled", "ticket 7 is not cancelled"
    )
    *_, first, last = shop.log.versions["bets"]["7"]
    assert last == {**first, "status": "cancelled", "version": last["version"]}


def test_results_and_games_change_too(shop: Shop) -> None:
    shop.run(
        "UPDATE betpnl_shop.game SET state = 'live', minute = 17, score_home = 1 WHERE id = 'g1'",
        "UPDATE betpnl_shop.outcome SET outcome = 'lose' WHERE id = 1",
        "INSERT INTO betpnl_shop.outcome (id, game_id, market, selection, outcome, settled_at) "
        "VALUES (2, 'g1', 'match_result', 'home', 'win', UTC_TIMESTAMP(3))",
    )
    until(lambda: len(shop.log.read().newest("results")) == 2, "no second result")
    until(lambda: shop.log.read().newest("games")["g1"].get("minute") == 17, "the game stands")
    shop.run("DELETE FROM betpnl_shop.outcome WHERE id = 2")

    wanted = [("home", "win", "rolled_back"), ("over", "lose", "settled")]
    until(
        lambda: _with_status(shop) == wanted,
        lambda: f"results: {_with_status(shop)}",
    )


def _with_status(shop: Shop) -> list[tuple[str, str, str]]:
    found = shop.log.read().newest("results").values()
    return sorted(
        (each["selection"], each["result"], each.get("status", "settled")) for each in found
    )


@pytest.mark.parametrize("service", ["mapper", "connect"])
def test_a_process_that_is_killed_goes_on_where_it_was(shop: Shop, service: str) -> None:
    before = _generation(shop)
    with shop.trade(seed=2) as traders:
        traders.until_done(100)
        _kill_child(shop, service)
        traders.until_done(100)

    shop.until_the_same()
    assert _generation(shop)["generation"] == before["generation"]


@pytest.mark.parametrize("service", ["kafka", "mysql"])
def test_a_server_that_is_away_is_waited_for(shop: Shop, service: str) -> None:
    before = _generation(shop)
    with shop.trade(seed=3) as traders:
        traders.until_done(100)
        stack.stop(shop.settings, names=[service], kill=True)
        stack.start(shop.settings, names=[service])
        traders.until_done(100)

    shop.until_the_same()
    until(lambda: not shop.state()["problems"], lambda: f"still: {shop.state()}")
    assert _generation(shop)["generation"] == before["generation"]


def test_what_was_written_down_outlives_its_writer(shop: Shop) -> None:
    # Without Kafka only a sweep finds changes, and cannot publish them.
    stack.stop(shop.settings, names=["kafka"], kill=True)
    shop.run("UPDATE betpnl_shop.ticket SET stake = 500 WHERE id = 9")
    assert betpnl(shop.settings, "source", "--reconcile").returncode == 0
    until(lambda: _outbox(shop) > 0, lambda: f"nothing is written down: {shop.state()}")
    _kill_child(shop, "mapper")
    stack.start(shop.settings, names=["kafka"])

    until(lambda: shop.log.read().newest()["9"]["stake"] == 500, "the change is lost")


def _outbox(shop: Shop) -> int:
    path = folder(shop.settings) / "memory.sqlite"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as memory:
        (count,) = memory.execute("SELECT COUNT(*) FROM outbox").fetchone()
    return int(count)


def test_what_was_purged_while_nobody_looked_is_found(shop: Shop) -> None:
    before = _generation(shop)
    stack.stop(shop.settings, names=["connect"])
    with shop.trade(seed=4) as traders:
        traders.until_done(200)
    shop.run_as_root("FLUSH BINARY LOGS")
    last = shop.run_as_root("SHOW BINARY LOGS")[-1][0]
    shop.run_as_root(f"PURGE BINARY LOGS TO '{last}'")

    stack.start(shop.settings, names=["connect"])

    shop.until_the_same()
    assert _generation(shop)["generation"] == before["generation"] + 1


def test_logs_that_begin_anew_do_not_make_old_versions(shop: Shop) -> None:
    before = max(each["version"] for each in shop.log.read().newest().values())
    with shop.trade(seed=5) as traders:
        traders.until_done(100)
        shop.run_as_root("RESET BINARY LOGS AND GTIDS")
        traders.until_done(100)

    shop.until_the_same()
    shop.until_streaming()
    with shop.trade(seed=6) as traders:
        traders.until_done(10)
    shop.until_the_same()
    after = max(each["version"] for each in shop.log.read().newest().values())
    assert after >> 52 == (before >> 52) + 1


def test_a_column_may_come_and_go(shop: Shop) -> None:
    with shop.trade(seed=7) as traders:
        traders.until_done(50)
        shop.run("ALTER TABLE betpnl_shop.ticket ADD COLUMN shop_id INT DEFAULT 5 FIRST")
        traders.until_done(50)
        shop.run("ALTER TABLE betpnl_shop.ticket DROP COLUMN shop_id")
        traders.until_done(50)

    shop.until_the_same()


def test_a_table_that_is_made_again_is_looked_at(shop: Shop) -> None:
    shop.run(
        "INSERT INTO betpnl_shop.outcome (id, game_id, market, selection, outcome, settled_at) "
        "VALUES (3, 'g3', 'match_result', 'draw', 'win', UTC_TIMESTAMP(3))"
    )
    until(lambda: ("draw", "win", "settled") in _with_status(shop), "no third result")

    shop.run(
        "CREATE TABLE betpnl_shop.other LIKE betpnl_shop.outcome",
        "INSERT INTO betpnl_shop.other SELECT * FROM betpnl_shop.outcome WHERE id = 1",
        "DROP TABLE betpnl_shop.outcome",
    )
    until(
        lambda: "there is no table" in shop.state().get("problems", {}).get("results", ""),
        lambda: f"nobody misses it: {shop.state()}",
    )
    shop.run("UPDATE betpnl_shop.game SET minute = 40 WHERE id = 'g3'")
    until(lambda: shop.log.read().newest("games")["g3"].get("minute") == 40, "the games wait")
    shop.run("RENAME TABLE betpnl_shop.other TO betpnl_shop.outcome")

    until(
        lambda: (
            {("draw", "win", "rolled_back"), ("over", "lose", "settled")} <= set(_with_status(shop))
        ),
        lambda: f"results: {_with_status(shop)}, {shop.state()}",
    )
    until(lambda: not shop.state()["problems"], lambda: f"still: {shop.state()}")


def test_a_partition_that_is_dropped_takes_its_bets_along(shop: Shop) -> None:
    (last,) = shop.run("SELECT MAX(id) FROM betpnl_shop.ticket")[0]
    shop.run(
        f"ALTER TABLE betpnl_shop.ticket PARTITION BY RANGE (id) (PARTITION old VALUES LESS THAN "
        f"({last}), PARTITION new VALUES LESS THAN MAXVALUE)",
        "ALTER TABLE betpnl_shop.ticket TRUNCATE PARTITION new",
    )
    until(
        lambda: shop.log.read().newest()[str(last)]["status"] == "cancelled",
        lambda: f"ticket {last} still counts: {shop.state()}",
    )
    shop.until_the_same()


def test_a_select_that_fails_is_told_and_tried_until_it_works(shop: Shop) -> None:
    shop.run("ALTER TABLE betpnl_shop.ticket RENAME COLUMN stake TO amount")
    shop.run("UPDATE betpnl_shop.ticket SET amount = 77 WHERE id IN (8, 9)")
    shop.run("UPDATE betpnl_shop.game SET minute = 18 WHERE id = 'g2'")

    until(lambda: "bets" in shop.state().get("problems", {}), "nobody says that it fails")
    until(
        lambda: shop.log.read().newest("games")["g2"].get("minute") == 18,
        "the games wait for the bets",
    )
    status = betpnl(shop.settings, "status")
    assert "[bets]: Unknown column 't.stake'" in status.stdout
    assert status.returncode == 1

    shop.run("ALTER TABLE betpnl_shop.ticket RENAME COLUMN amount TO stake")
    for ticket in ("8", "9"):
        until(lambda key=ticket: shop.log.read().newest()[key]["stake"] == 77, "the bet waits")  # type: ignore[misc]
    until(lambda: not shop.state()["problems"], lambda: f"still: {shop.state()}")


def test_a_row_that_somebody_holds_is_read_once_more(shop: Shop) -> None:
    with shop.connect() as holder, holder.cursor() as cursor:
        holder.autocommit(False)
        cursor.execute("UPDATE betpnl_shop.ticket SET stake = 1000 WHERE id = 10")
        shop.run("UPDATE betpnl_shop.leg SET selection = 'draw' WHERE ticket_id = 10")
        until(
            lambda: shop.log.read().newest()["10"]["legs"][0]["selection"] == "draw",
            "what can be seen is not published",
        )
        until(lambda: shop.state().get("again") == 1, lambda: f"not noted: {shop.state()}")
        holder.commit()

    until(lambda: shop.log.read().newest()["10"]["stake"] == 1000, "the stake is the old one")
    until(lambda: shop.state().get("again") == 0, lambda: f"still noted: {shop.state()}")


def test_a_record_that_is_wrong_is_published_and_the_others_go_on(shop: Shop) -> None:
    shop.run(
        "UPDATE betpnl_shop.ticket SET stake = -1 WHERE id = 11",
        "UPDATE betpnl_shop.ticket SET stake = 12 WHERE id = 12",
    )
    for ticket, stake in (("11", -1), ("12", 12)):
        until(
            lambda key=ticket, wanted=stake: shop.log.read().newest()[key]["stake"] == wanted,  # type: ignore[misc]
            f"ticket {ticket} stands",
        )
    until(
        lambda: shop.state()["counts"].get("bets rejected") == 1,
        lambda: f"not counted: {shop.state()}",
    )


def test_check_shows_records_and_names_what_is_missing(shop: Shop, tmp_path: Path) -> None:
    good = betpnl(shop.settings, "source", "--check", str(EXAMPLES / "shop.toml"))
    assert good.returncode == 0, good.stdout + good.stderr
    assert '"bet_id":"1"' in good.stdout

    shop.run("CREATE TABLE betpnl_shop.odd (id DATE, n INT)")
    text = (EXAMPLES / "shop.toml").read_text(encoding="utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_text(
        text.replace('"betpnl_shop.game" = ["id"]', '"betpnl_shop.odd" = ["id"]')
        .replace('"betpnl_shop.leg" = ["ticket_id"]', '"betpnl_shop.leg" = ["position"]')
        .replace('IN :keys\n"""\n\n[games]', 'IN :keys AND t.nowhere\n"""\n\n[games]'),
        encoding="utf-8",
    )
    said = betpnl(shop.settings, "source", "--check", str(bad))
    assert said.returncode == 1
    assert "CREATE INDEX by_record ON betpnl_shop.leg (position)" in said.stdout
    assert "Unknown column 't.nowhere'" in said.stdout
    assert "column betpnl_shop.odd.id is date, which cannot be a key" in said.stdout


def test_another_file_with_one_row_a_bet(shop: Shop) -> None:
    shop.run("DELETE FROM betpnl_shop.leg", "DELETE FROM betpnl_shop.ticket")
    shop.until_the_same()
    stack.stop(shop.settings, names=["connect", "mapper"])
    shop.script("single.sql")
    shop.run(
        "INSERT INTO betpnl_single.bet (reference, stake, event, sport, market, pick, price) "
        "VALUES ('s-1', 5, 'g1', 'football', 'match_result', 'home', 2.35)"
    )
    # The server's user may read its databases from its next start on.
    settings = shop.settings.model_copy(update={"mysql_source": EXAMPLES / "single.toml"})
    stack.stop(settings, names=["mysql"])
    stack.start(settings, names=["mysql", "connect", "mapper"])

    until(lambda: "s-1" in shop.log.read().newest(), lambda: f"no bet: {shop.state()}")
    shop.run(
        "UPDATE betpnl_single.bet SET stake = 6, revision = 2 WHERE reference = 's-1'",
        "DELETE FROM betpnl_single.bet WHERE reference = 's-1'",
    )
    until(lambda: shop.log.read().newest()["s-1"]["status"] == "cancelled", "it is not cancelled")
    versions = [each["version"] for each in shop.log.versions["bets"]["s-1"]]
    assert versions in ([1, 2, 3], [1, 2])


MOVED = """
[bets]
tables = { "betpnl_single.slip" = ["region", "ref"] }
key = ["region", "ref"]
select = \"""
SELECT region, ref, bet_id, 'accepted' AS status, accepted_at, 'EUR' AS currency, stake,
       'g1' AS `legs.game_id`,
       'football' AS `legs.sport`, 'match_result' AS `legs.market`, 'home' AS `legs.selection`,
       2.35 AS `legs.odds`
FROM betpnl_single.slip
WHERE (region, ref) IN :keys
\"""
"""


def test_a_bet_may_move_to_another_row(shop: Shop, tmp_path: Path) -> None:
    shop.run(
        "INSERT INTO betpnl_single.bet (reference, stake, event, sport, market, pick, price) "
        "VALUES ('s-2', 5, 'g1', 'football', 'match_result', 'home', 2.35)"
    )
    until(lambda: "s-2" in shop.log.read().newest(), lambda: f"no bet: {shop.state()}")
    stack.stop(shop.settings, names=["connect", "mapper"])
    path = tmp_path / "slips.toml"
    path.write_text(MOVED, encoding="utf-8")
    settings = shop.settings.model_copy(update={"mysql_source": path})
    shop.run(
        "SET SESSION cte_max_recursion_depth = 100000",
        # An ENUM whose order is not that of its labels, over several pages.
        "CREATE TABLE betpnl_single.slip (region ENUM('z', 'm', 'a'), ref VARCHAR(20), "
        "bet_id VARCHAR(20) NOT NULL, stake DECIMAL(9, 2), accepted_at TIMESTAMP(3) DEFAULT "
        "CURRENT_TIMESTAMP(3), PRIMARY KEY (region, ref))",
        "INSERT INTO betpnl_single.slip (region, ref, bet_id, stake) "
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "SELECT ELT(1 + i % 3, 'z', 'm', 'a'), CONCAT('r', i), CONCAT('b', i), 5 FROM n",
    )
    stack.start(settings, names=["connect", "mapper"])
    slips = {f"b{number}" for number in range(1, 3001)}
    until(
        lambda: slips <= shop.log.read().newest().keys(),
        lambda: f"{len(slips - shop.log.newest().keys())} are not found: {shop.state()}",
    )
    until(
        lambda: shop.log.read().newest()["s-2"]["status"] == "cancelled",
        "a bet of the table before still counts",
    )
    shop.until_streaming()

    shop.run(
        # Another key for the same row; a row in another one's place; two that change places.
        "UPDATE betpnl_single.slip SET region = 'z', ref = 'moved' WHERE bet_id = 'b1'",
        "DELETE FROM betpnl_single.slip WHERE bet_id = 'b2'",
        "INSERT INTO betpnl_single.slip (region, ref, bet_id, stake) VALUES ('z', 'x', 'b2', 6)",
        "UPDATE betpnl_single.slip SET bet_id = IF(bet_id = 'b3', 'b4', 'b3'), stake = 7 "
        "WHERE bet_id IN ('b3', 'b4')",
        "DELETE FROM betpnl_single.slip WHERE bet_id = 'b5'",
    )
    wanted = {
        "b1": ("accepted", 5),
        "b2": ("accepted", 6),
        "b3": ("accepted", 7),
        "b4": ("accepted", 7),
        "b5": ("cancelled", 5),
    }
    until(lambda: _slips(shop) == wanted, lambda: f"slips: {_slips(shop)}, {shop.state()}")

    log = settings.home / "logs" / "mapper.log"
    before = log.read_text().count("is done")
    assert betpnl(settings, "source", "--reconcile").returncode == 0
    until(lambda: log.read_text().count("is done") > before, "nobody looks at everything")
    assert _slips(shop) == wanted


def _slips(shop: Shop) -> dict[str, tuple[str, Decimal]]:
    newest = shop.log.read().newest()
    return {
        key: (newest[key]["status"], Decimal(newest[key]["stake"]))
        for key in ("b1", "b2", "b3", "b4", "b5")
    }
