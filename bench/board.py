"""What the board costs, and how soon a change in MySQL stands in a browser's cell.

A writer of its own changes MySQL as the job's sinks do: every 10 ms the sums of the games that
were hit, and the book's selections twice a second. So the figures are the board's and MySQL's,
not the job's. Needs `make setup`, and for the cell Debian's Chromium (`make browser`).

  python bench/board.py --games 40 --rate 10000 --viewers 1 10 50
  python bench/board.py --games 5000 --rate 10000 --viewers 1 10 50
  python bench/board.py --games 40 --rate 10000 --cell
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import numpy as np
import websockets

from betpnl import stack
from betpnl.bench.cpu import percent_of_core, service_pids, used_s
from betpnl.job.schema import create_tables
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack.resolve import board_url, mysql

SELECTIONS = ("home", "draw", "away")
FLUSH_S, BOOK_S = 0.01, 0.5
PROBE = "probe"
SETTLE_S = 8.0


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--games", type=int, default=40)
    parser.add_argument("--rate", type=int, default=10_000, help="bets a second")
    parser.add_argument("--viewers", type=int, nargs="*", default=[])
    parser.add_argument("--cell", action="store_true", help="a browser, and how soon a cell shows")
    parser.add_argument("--seconds", type=float, default=20)
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="betpnl-bench-") as folder:
        settings = Settings.load(home=Path(folder) / "home")
        stack.start(settings, names=["mysql"])
        try:
            _fill(settings, asked.games)
            with _writing(settings, asked.games, asked.rate):
                stack.start(settings, names=["board"])
                print(json.dumps(_measure(settings, asked), indent=2))
        finally:
            stack.stop(settings)


def _measure(settings: Settings, asked: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"games": asked.games, "rate": asked.rate}
    for viewers in asked.viewers:
        found[f"{viewers} viewers"] = asyncio.run(_viewed(settings, viewers, asked.seconds))
    if asked.cell:
        found["row to cell, ms"] = _cell(settings, asked.seconds)
    return found


async def _viewed(settings: Settings, viewers: int, seconds: float) -> dict[str, Any]:
    """CPU of the board and of MySQL, and what one viewer is sent, with so many looking on."""
    url = board_url(settings).replace("http", "ws") + "/live?games=1"
    got = {"frames": 0, "bytes": 0}

    async def look() -> None:
        async with websockets.connect(url, max_size=None, compression=None) as socket:
            async for message in socket:
                got["frames"] += 1
                got["bytes"] += len(message)

    looking = [asyncio.create_task(look()) for _ in range(viewers)]
    await asyncio.sleep(SETTLE_S)
    pids = service_pids(settings)
    before, began_s = used_s(pids), time.monotonic()
    got.update(frames=0, bytes=0)
    questions = _questions(settings)
    await asyncio.sleep(seconds)
    took_s = time.monotonic() - began_s
    used = percent_of_core(before, used_s(pids), took_s)
    for task in looking:
        task.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    return {
        **{f"{name}, % of a core": percent for name, percent in used.items()},
        "frames a second, each": round(got["frames"] / viewers / took_s, 1),
        "kB a second, each": round(got["bytes"] / viewers / took_s / 1000, 1),
        "SELECTs a second": round((_questions(settings) - questions) / took_s, 1),
    }


def _cell(settings: Settings, seconds: float) -> dict[str, float]:
    """From a row's commit to its cell's new text, by one clock."""
    from playwright.sync_api import sync_playwright

    watch = """() => {
      window.seen = [];
      let last = "";
      const look = () => {
        const cell = document.querySelector('[row-id="probe"] [col-id="bets"]');
        const text = (cell?.textContent ?? "").replace(/[^0-9]/g, "");
        if (text !== last) {
          last = text;
          window.seen.push([Number(text), performance.timeOrigin + performance.now()]);
        }
        requestAnimationFrame(look);
      };
      look();
    }"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(settings.cache / "chromium" / "chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{board_url(settings)}/?q={PROBE}")
        page.wait_for_selector('[row-id="probe"]')
        page.evaluate(watch)
        written = _probe(settings, seconds)
        page.wait_for_timeout(3000)
        seen = dict(page.evaluate("window.seen"))
        browser.close()
    late = [seen[bets] - at_ms for bets, at_ms in written.items() if bets in seen]
    p50, p99 = np.percentile(late, [50, 99])
    return {
        "p50": round(p50, 1),
        "p99": round(p99, 1),
        "max": round(max(late), 1),
        "changes": len(written),
        # Two changes within one reading show as one.
        "seen": len(late),
    }


def _probe(settings: Settings, seconds: float) -> dict[int, float]:
    """Changes one game now and then; when each change was committed, ms since 1970."""
    written: dict[int, float] = {}
    drawn = random.Random(1)
    with connect(mysql(settings)) as connection, connection.cursor() as cursor:
        until_s, bets = time.monotonic() + seconds, 1000
        while time.monotonic() < until_s:
            bets += 1
            cursor.execute("UPDATE game_placed SET bets = %s WHERE game_id = %s", (bets, PROBE))
            written[bets] = time.time() * 1000
            time.sleep(drawn.uniform(0.5, 1.0))
    return written


def _fill(settings: Settings, games: int) -> None:
    with connect(mysql(settings)) as connection, connection.cursor() as cursor:
        create_tables(connection, settings)
        names = [*(f"game-{number:05}" for number in range(games)), PROBE]
        cursor.executemany(
            "INSERT INTO game VALUES (%s, 1, 'football', 'League', %s, %s, NOW(3), 'live', 30, "
            "1, 0, NOW(3))",
            [(name, f"Home {name}", f"Away {name}") for name in names],
        )
        cursor.executemany(
            "INSERT INTO game_placed VALUES (%s, 100, 100, 1000, 0, 1000, 0, 0, 950, 50, 50, 50, "
            "0, NOW(3))",
            [(name,) for name in names],
        )
        cursor.executemany(
            "INSERT INTO selection_book VALUES (%s, 'match_result', '', %s, 100, 1000, 950, 2700, "
            "1850, 500, NOW(3))",
            [(name, selection) for name in names for selection in SELECTIONS],
        )


@contextmanager
def _writing(settings: Settings, games: int, rate: int) -> Iterator[None]:
    ending = multiprocessing.Event()
    writer = multiprocessing.Process(target=_write, args=(settings, games, rate, ending))
    writer.start()
    try:
        yield
    finally:
        ending.set()
        writer.join()


def _write(settings: Settings, games: int, rate: int, ending: Event) -> None:
    booking = threading.Thread(target=_write_books, args=(settings, games, rate, ending))
    booking.start()
    drawn = np.random.default_rng(1)
    with connect(mysql(settings), autocommit=False) as connection, connection.cursor() as cursor:
        while not ending.wait(FLUSH_S):
            hit = np.unique(drawn.integers(0, games, int(rate * FLUSH_S)), return_counts=True)
            values = ", ".join(
                f"('game-{game:05}', {count}, {count}, {10 * count}, 0, {10 * count}, 0, 0, "
                f"{Decimal('9.5') * int(count)}, {Decimal('0.5') * int(count)}, 1, 1, 0)"
                for game, count in zip(*hit, strict=True)
            )
            added = ", ".join(
                f"{name} = game_placed.{name} + new.{name}"
                for name in (
                    "bets",
                    "riding_bets",
                    "handle",
                    "handle_riding",
                    "expected_payout",
                    "expected_pnl",
                    "predicted_pnl",
                    "theoretical_pnl",
                )
            )
            cursor.execute(
                "INSERT INTO game_placed (game_id, bets, riding_bets, handle, bonus_handle, "
                "handle_riding, cash_out_handle, cash_out_paid, expected_payout, expected_pnl, "
                f"predicted_pnl, theoretical_pnl, cash_out_pnl) VALUES {values} AS new "
                f"ON DUPLICATE KEY UPDATE {added}"
            )
            connection.commit()
    booking.join()


def _write_books(settings: Settings, games: int, rate: int, ending: Event) -> None:
    drawn = np.random.default_rng(2)
    with connect(mysql(settings), autocommit=False) as connection, connection.cursor() as cursor:
        while not ending.wait(BOOK_S):
            hit = np.unique(drawn.integers(0, games, int(rate * BOOK_S)))
            cursor.executemany(
                "UPDATE selection_book SET bets = bets + 1, handle_riding = handle_riding + 10, "
                "payout_win = payout_win + 27 WHERE game_id = %s AND market = 'match_result' AND "
                "line = '' AND selection = %s",
                [(f"game-{game:05}", drawn.choice(SELECTIONS)) for game in hit],
            )
            connection.commit()


def _questions(settings: Settings) -> int:
    with connect(mysql(settings)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_select'")
        return int(cursor.fetchone()[1])


if __name__ == "__main__":
    main()
