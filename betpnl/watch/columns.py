"""Which columns there are, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from betpnl.watch import texts
from betpnl.watch.rates import Motion
from betpnl.watch.reading import GameLine
from betpnl.watch.texts import Money

GAP = 2
GAME_WIDTH_MIN = 20
GAME_WIDTH_MAX = 48


@dataclass(frozen=True)
class Sight:
    """All that a cell may be made of."""

    line: GameLine
    motion: Motion
    money: Money


@dataclass(frozen=True)
class Column:
    """A column. keep: the higher, the longer it stays when the terminal is narrow."""

    title: str
    keep: int
    cell: Callable[[Sight], Text | str]
    left: bool = False


@dataclass(frozen=True)
class Fitted:
    """A column with its width and the cells of every row."""

    column: Column
    width: int
    cells: tuple[Text, ...]


def _trend(sight: Sight) -> Text:
    up = sight.motion.up.get(sight.line.game_id)
    total = sight.money.signed(sight.line.total_pnl)
    arrow = {True: (" ▲", "green"), False: (" ▼", "red"), None: ("  ", "")}[up]
    return Text.assemble(total, arrow)


def _liability(sight: Sight) -> Text | str:
    if not sight.line.open_bets:
        return texts.NOTHING
    return Text(sight.money.plain(sight.line.liability), style="bold")


GAME = Column("game", 100, lambda sight: texts.teams(sight.line), left=True)
COLUMNS = (
    Column("sport", 10, lambda sight: texts.sport(sight.line), left=True),
    GAME,
    Column("state", 60, lambda sight: texts.state(sight.line), left=True),
    Column("bets", 70, lambda sight: f"{sight.line.bets:,}"),
    Column(
        "bets/s",
        30,
        lambda sight: texts.rate(sight.motion.game_bets_per_s.get(sight.line.game_id)),
    ),
    Column("handle", 50, lambda sight: sight.money.plain(sight.line.handle)),
    Column("expected", 35, lambda sight: sight.money.signed(sight.line.expected_pnl)),
    Column("realised", 45, lambda sight: sight.money.signed(sight.line.realised_pnl)),
    Column("total  ", 80, _trend),
    Column("worst case", 40, lambda sight: sight.money.signed(sight.line.worst_case)),
    Column("liability", 90, _liability),
    Column("newest", 20, lambda sight: texts.age(sight.line.age_s)),
)


def fit(sights: Sequence[Sight], width: int) -> list[Fitted]:
    """The columns that fit into `width` cells, each as wide as its widest cell.

    The game's own column takes what is left, and is cut only when nothing else can go.
    """
    made = [_made(column, sights) for column in COLUMNS]
    while len(made) > 1 and _needed(made) > width:
        made.remove(min(made, key=lambda each: each.column.keep))
    room = width - _needed(made) + _game_min(made)
    return [
        each
        if each.column is not GAME
        else Fitted(GAME, max(1, min(each.width, room, GAME_WIDTH_MAX)), each.cells)
        for each in made
    ]


def _made(column: Column, sights: Sequence[Sight]) -> Fitted:
    cells = tuple(
        cell if isinstance(cell := column.cell(sight), Text) else Text(cell) for sight in sights
    )
    width = max((cell.cell_len for cell in cells), default=0)
    return Fitted(column, max(width, cell_len(column.title)), cells)


def _game_min(made: list[Fitted]) -> int:
    return next(min(each.width, GAME_WIDTH_MIN) for each in made if each.column is GAME)


def _needed(made: list[Fitted]) -> int:
    others = sum(each.width for each in made if each.column is not GAME)
    return others + _game_min(made) + GAP * (len(made) - 1)
