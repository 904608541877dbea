"""Draws watch.svg from what runs now: `.venv/bin/python docs/pictures/watch.py`.

Start `betpnl demo` first; the picture is of its real figures.
"""

from __future__ import annotations

import io
import re
import sys
import time
from pathlib import Path

from rich.console import Console

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.watch.board import MysqlBoard
from betpnl.watch.command import READ_MAX, base_money
from betpnl.watch.reader import Reader
from betpnl.watch.screen import Frame, picture

TARGET = Path(__file__).with_name("watch.svg")
WIDTH, HEIGHT = 142, 24
# Readings for bets a second, and for arrows.
WATCHED_S = 6.0
# rich's SVG would fetch fonts from elsewhere; the reader's own will do.
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Read for some seconds, and save the last picture."""
    settings = Settings.load()
    with Reader(MysqlBoard(settings, READ_MAX), interval_s=0.5) as reader:
        until_s = time.monotonic() + WATCHED_S
        while time.monotonic() < until_s:
            reader.wait(0.1)
        state = reader.state
    if state.problem or state.reading is None:
        sys.exit(f"watch.py: {state.problem or 'there is no game to show'}")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    frame = Frame(base_money(settings))
    console.print(picture(state, frame, time.monotonic(), WIDTH, HEIGHT))
    svg = FONT_FACE.sub("", console.export_svg(title="betpnl watch", unique_id="watch"))
    TARGET.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"watch.py: {error}")
