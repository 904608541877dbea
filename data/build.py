"""Make the compact tables in data/ from the raw sources.

Run as `python data/build.py ../shared/data`. Deterministic: the same sources give the same
bytes. What was kept, mended and dropped, and why, is counted on stdout.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from readers.exchange import read_exchange
from readers.football import read_football
from readers.nfl import read_nfl
from tables import SourceGame, Tally, write_games

GAME_ID_LENGTH_MAX = 64


def build(source: Path, target: Path) -> Tally:
    """Read every source under `source` and write the four tables into `target`."""
    tally = Tally()
    games: list[SourceGame] = []
    for folder, read in (
        ("football_2023_24", read_football),
        ("betfair_match_odds", read_exchange),
        ("nfl", read_nfl),
    ):
        if not (source / folder).is_dir():
            raise SystemExit(f"{source / folder} is missing: pass the folder that holds it.")
        games += read(source / folder, tally)
    ids = Counter(game.game_id for game in games)
    for game_id, count in ids.items():
        if count > 1 or len(game_id) > GAME_ID_LENGTH_MAX:
            raise SystemExit(f"game id {game_id!r} is used {count} times, {len(game_id)} long")
    target.mkdir(parents=True, exist_ok=True)
    write_games(games, target)
    return tally


def main(argv: Sequence[str] | None = None) -> None:
    """Command line of the build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="folder with the raw sources")
    parser.add_argument("--target", type=Path, default=Path(__file__).parent,
                        help="where to write (default: data/)")  # fmt: skip
    arguments = parser.parse_args(argv)
    tally = build(arguments.source, arguments.target)
    print("\n".join(tally.lines()))
    for path in sorted(arguments.target.glob("*.csv.gz")):
        print(f"{path.name:20} {path.stat().st_size:8} bytes")


if __name__ == "__main__":
    main()
