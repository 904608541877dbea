"""The picture: totals, one sentence on the health of it, and games by money at risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from betpnl.watch import texts
from betpnl.watch.columns import GAP, Sight, fit
from betpnl.watch.health import health
from betpnl.watch.rates import Motion
from betpnl.watch.reading import Totals
from betpnl.watch.state import State
from betpnl.watch.texts import Money


@dataclass(frozen=True)
class Frame:
    """What does not change. top: most games shown, 0 as many as fit. footer: lines below."""

    money: Money
    sport: str = ""
    top: int = 0
    footer: tuple[str, ...] = ("Ctrl-C leaves",)


def picture(
    state: State, frame: Frame, now_s: float, width: int, height: int | None
) -> RenderableType:
    """The screen at a moment of the monotonic clock.

    width, height: cells of the terminal; height None: every line there is.
    """
    head = _head(state, frame, now_s, width)
    footer = [Text(line, style="dim", no_wrap=True, overflow="ellipsis") for line in frame.footer]
    lines = state.reading.lines if state.reading else ()
    room = len(lines) if height is None else max(0, height - len(head) - len(footer) - 3)
    shown = lines[: min(room, frame.top or room)]
    parts: list[RenderableType] = [*head, Text()]
    if shown:
        parts.append(_games([Sight(line, state.motion, frame.money) for line in shown], width))
    if state.reading and len(shown) < state.reading.totals.games:
        rest = state.reading.totals.games - len(shown)
        footer.insert(0, Text(f"and {rest:,} more games with less at risk", style="dim"))
    return Group(*parts, *footer)


def totals_in_words(totals: Totals, motion: Motion, money: Money) -> list[tuple[str, Text]]:
    """Each total with its name."""
    return [
        ("games", Text(f"{totals.games:,}")),
        ("open", Text(f"{totals.open_games:,}")),
        ("bets by game", Text(f"{totals.bets:,}")),
        ("bets/s", Text(texts.rate(motion.bets_per_s))),
        ("handle", Text(money.plain(totals.handle))),
        ("expected", money.signed(totals.expected_pnl)),
        ("realised", money.signed(totals.realised_pnl)),
        ("total", money.signed(totals.total_pnl)),
        ("liability", Text(money.plain(totals.liability))),
    ]


def _head(state: State, frame: Frame, now_s: float, width: int) -> list[Text]:
    found = health(state, now_s)
    mark, style = ("● ", "green") if found.good else ("! ", "bold yellow")
    name = " · ".join(filter(None, ("betpnl", frame.sport, f"PNL in {frame.money.currency}")))
    title = Text.assemble((name, "bold"), "   ", (mark + found.sentence, style))
    # Wrapping asks a console for nothing but its tab size.
    lines = list(title.wrap(Console(), width))
    if state.reading is None:
        return lines
    pairs = totals_in_words(state.reading.totals, state.motion, frame.money)
    words = [Text.assemble((f"{label} ", "dim"), _bold(value)) for label, value in pairs]
    return [*lines, *_packed(words, width)]


def _bold(value: Text) -> Text:
    bold = value.copy()
    bold.stylize("bold")
    return bold


def _packed(words: Sequence[Text], width: int) -> list[Text]:
    """As many to a line as there is room for, none broken."""
    lines: list[Text] = []
    for word in words:
        if lines and lines[-1].cell_len + 3 + word.cell_len <= width:
            lines[-1] = Text.assemble(lines[-1], "   ", word)
        else:
            lines.append(word)
    return lines


def _games(sights: Sequence[Sight], width: int) -> Table:
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="dim")
    fitted = fit(sights, width)
    for each in fitted:
        table.add_column(
            each.column.title,
            width=each.width,
            justify="left" if each.column.left else "right",
            no_wrap=True,
            overflow="ellipsis",
        )
    for number, sight in enumerate(sights):
        style = "" if sight.line.open_bets else "dim"
        table.add_row(*(each.cells[number] for each in fitted), style=style)
    return table
