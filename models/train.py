"""Train the outcome model on the real games in data/: `python models/train.py`.

Writes outcome.onnx, outcome.json (weights and figures) and CARD.md beside this script. The
same data and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from betpnl.errors import UserError
from betpnl.games import DATA_FOLDER, load_games
from betpnl.model.training.card import render_card
from betpnl.model.training.run import train

RELEASE = "2026.11"


def main(argv: Sequence[str] | None = None) -> None:
    """Command line of the training."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA_FOLDER, help="tables of games")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where to write")
    parser.add_argument("--release", default=RELEASE, help="named in the model's version")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    parser.add_argument("--draws", type=int, default=2000, help="of the bootstrap")
    options = parser.parse_args(argv)
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:5.1f} s  {line}", flush=True)

    try:
        games = load_games(options.data)
    except UserError as error:
        sys.exit(str(error))
    say(f"{len(games)} games read from {options.data}")
    trained = train(games, release=options.release, seed=options.seed, draws=options.draws, say=say)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "outcome.onnx").write_bytes(trained.onnx)
    record = json.dumps(trained.record, indent=2) + "\n"
    (options.out / "outcome.json").write_text(record, encoding="utf-8")
    (options.out / "CARD.md").write_text(render_card(trained.record), encoding="utf-8")
    say(f"outcome.onnx, outcome.json and CARD.md written to {options.out}")


if __name__ == "__main__":
    main()
