"""Whether every peer writes the same rows: python bench/peers/check.py [NAME...]

Starts MySQL and Kafka in a folder of its own, sends a few thousand bets with everything that may
happen to them, and some that are none, and has one peer after the other read them. The floor is
first: tests/unit/test_peers_arithmetic.py holds its sums against the audit's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from running import PEERS, peer, rows, services, wait

from betpnl.contract.topics import BETS
from betpnl.errors import UserError
from betpnl.games import load_games
from betpnl.mysql import connect
from betpnl.replay import KafkaSink, Mix, Options, SystemClock, plan, run
from betpnl.settings import Settings
from betpnl.stack import Endpoints

SECONDS = 20
MIX = Mix(cancelled=0.05, amended=0.05, cashed_part=0.05, cashed_full=0.05, late=0.05)
FLOOR = "floor"
PATIENCE_S = 90.0
QUERIES = {
    "bet": "SELECT * FROM bet ORDER BY 1",
    "game_placed": "SELECT {columns} FROM game_placed ORDER BY 1",
    "game_minute": "SELECT {columns} FROM game_minute ORDER BY 1, 2",
    "selection_book": "SELECT {columns} FROM selection_book ORDER BY 1, 2, 3, 4",
}
COLUMNS = (
    "SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns "
    "WHERE table_schema = DATABASE() AND table_name = '{table}' AND column_name <> 'updated_at'"
)

Tables = dict[str, list[tuple[object, ...]]]


def main(argv: Sequence[str] | None = None) -> None:
    """Print a line for each peer; exit code 1 when one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(PEERS), help="default: all")
    parser.add_argument("--bets", type=int, default=2000, help="default: %(default)s")
    parser.add_argument("--home", type=Path, help="an empty folder, to keep it all; default: none")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.names) - set(PEERS)
    if unknown:
        parser.error(f"there is no peer {', '.join(sorted(unknown))}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings.load(home=arguments.home or Path(folder) / "home")
            with services(settings) as found:
                same = _compare(settings, found, arguments.bets, arguments.names)
    except UserError as error:
        sys.exit(f"check.py: {error}")
    sys.exit(0 if same else 1)


def _compare(settings: Settings, found: Endpoints, bets: int, names: Sequence[str]) -> bool:
    sent = _send(settings, found, bets)
    with peer(FLOOR, settings, found):
        wait(lambda: _bets(found) == sent + 1, PATIENCE_S, f"{FLOOR} has not read {sent} bets")
    # Ended by now, and what it writes last is written.
    wanted = _tables(found)
    counts = ", ".join(f"{len(rows)} {table}" for table, rows in wanted.items())
    print(f"{FLOOR}: {counts}", flush=True)
    same = True
    for name in names:
        if name != FLOOR:
            _empty(found)
            difference = _difference(settings, found, name, wanted)
            print(f"{name}: {difference or 'the same'}", flush=True)
            same = same and not difference
    return same


def _send(settings: Settings, found: Endpoints, bets: int) -> int:
    """Send them, and say how many there are."""
    options = Options(seed=1, rate=bets / SECONDS, games=20, speed=60, bets=bets, mix=MIX)
    # A plan that is over already is sent as fast as Kafka takes it.
    replay = plan(options, origin=datetime.now(UTC) - timedelta(seconds=2 * SECONDS))
    sink = KafkaSink(found.kafka_bootstrap, settings.topic_prefix)
    run(replay, sink, SystemClock())
    return len({message.key for message in plan(options, load_games(), replay.origin)
                if message.topic is BETS})  # fmt: skip


def _difference(settings: Settings, found: Endpoints, name: str, wanted: Tables) -> str:
    """What a peer writes that the floor did not, or ''."""
    with peer(name, settings, found):
        try:
            wait(lambda: _tables(found) == wanted, PATIENCE_S, "they differ")
        except UserError:
            written = _tables(found)
        else:
            return ""
    for table, expected in wanted.items():
        differing = [row for row in written[table] if row not in expected]
        if differing or len(written[table]) != len(expected):
            return (
                f"{len(differing)} rows of {table} differ, {len(written[table])} of "
                f"{len(expected)} are there; the first: {differing[:1]}"
            )
    return ""


def _bets(found: Endpoints) -> int:
    ((count,),) = rows(found, "SELECT COUNT(*) FROM bet")
    return int(str(count))


def _tables(found: Endpoints) -> Tables:
    tables = {}
    for table, query in QUERIES.items():
        ((columns,),) = rows(found, COLUMNS.format(table=table))
        quoted = ", ".join(f"`{column}`" for column in str(columns).split(","))
        tables[table] = rows(found, query.format(columns=quoted))
    return tables


def _empty(found: Endpoints) -> None:
    with connect(found) as connection, connection.cursor() as cursor:
        for table in QUERIES:
            cursor.execute(f"DELETE FROM `{table}`")


if __name__ == "__main__":
    main()
