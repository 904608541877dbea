"""What `betpnl watch` shows: figures, columns that fit, and how new it all is."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from itertools import pairwise

import pytest
from rich.console import Console

from betpnl.watch import plain, texts
from betpnl.watch.columns import COLUMNS, Sight, fit
from betpnl.watch.health import health
from betpnl.watch.rates import WINDOW_S, Motion, Motions
from betpnl.watch.reading import GameLine, Reading, Totals
from betpnl.watch.screen import Frame, picture
from betpnl.watch.state import STALE_S, State
from betpnl.watch.texts import Money

EURO = Money("EUR", 2)
NOON = datetime(2026, 1, 5, 12)
LINE = GameLine(
    game_id="g1",
    sport="aussie_rules",
    home="Western Bulldogs",
    away="Essendon",
    starts_at=NOON,
    state="live",
    minute=67,
    score=(96, 67),
    bets=1026,
    open_bets=12,
    handle=D("22405.0500"),
    expected_pnl=D("-39.6487"),
    realised_pnl=D("122.5200"),
    total_pnl=D("-3068.6200"),
    worst_case=D("-4100.0000"),
    liability=D("4100.0000"),
    age_s=0.25,
)


def reading(*lines: GameLine, at: datetime = NOON, age_s: float | None = 0.2) -> Reading:
    lines = lines or (LINE,)
    totals = Totals(
        games=len(lines),
        open_games=sum(line.open_bets > 0 for line in lines),
        bets=sum(line.bets for line in lines),
        handle=sum((line.handle for line in lines), D(0)),
        expected_pnl=sum((line.expected_pnl for line in lines), D(0)),
        realised_pnl=sum((line.realised_pnl for line in lines), D(0)),
        total_pnl=sum((line.total_pnl for line in lines), D(0)),
        liability=sum((line.liability for line in lines), D(0)),
    )
    return Reading(at, totals, lines, age_s)


def shown(state: State, width: int, height: int | None = None, **frame: object) -> list[str]:
    console = Console(width=width, height=height or 100, color_system=None)
    with console.capture() as capture:
        console.print(picture(state, Frame(EURO, **frame), 0.0, width, height))  # type: ignore[arg-type]
    return capture.get().splitlines()


@pytest.mark.parametrize(
    ("amount", "money", "words"),
    [
        ("1234.5050", EURO, "+1,234.51"),
        ("-1234.5050", EURO, "-1,234.51"),
        ("0.0049", EURO, "0.00"),
        ("-0.0049", EURO, "0.00"),
        ("-1234.5000", Money("JPY", 0), "-1,235"),
        ("0.0005", Money("KWD", 3), "+0.001"),
    ],
)
def test_money_has_its_sign_and_the_minor_units_of_its_currency(
    amount: str, money: Money, words: str
) -> None:
    assert money.signed(D(amount)).plain == words


def test_sums_beyond_what_a_float_holds_are_exact() -> None:
    assert (
        EURO.plain(D("99999999999999999999999999.9949")) == "99,999,999,999,999,999,999,999,999.99"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.0 s"), (9.94, "9.9 s"), (59, "59 s"), (61, "1 min"), (7200, "2 h"), (172_800, "2 d")],
)
def test_ages_in_words(seconds: float, words: str) -> None:
    assert texts.age(seconds) == words


@pytest.mark.parametrize(
    ("changed", "teams", "state"),
    [
        ({}, "Western Bulldogs 96-67 Essendon", "67'"),
        ({"minute": None}, "Western Bulldogs 96-67 Essendon", "live"),
        ({"score": None, "state": "scheduled"}, "Western Bulldogs v Essendon", "12:00"),
        ({"state": "ended"}, "Western Bulldogs 96-67 Essendon", "ended"),
        ({"home": None, "away": None, "score": None, "state": None}, "g1", texts.NOTHING),
    ],
)
def test_a_game_says_how_it_stands(changed: dict[str, object], teams: str, state: str) -> None:
    line = replace(LINE, **changed)  # type: ignore[arg-type]

    assert (texts.teams(line), texts.state(line)) == (teams, state)


def test_columns_go_in_the_order_of_their_worth_until_the_rest_fits() -> None:
    sights = [Sight(LINE, Motion(), EURO)]
    seen: list[list[str]] = []
    for width in range(200, 10, -1):
        fitted = fit(sights, width)
        assert sum(each.width for each in fitted) + 2 * (len(fitted) - 1) <= width
        seen.append([each.column.title.strip() for each in fitted])

    assert len(seen[0]) == len(COLUMNS)
    assert seen[-1] == ["game"]
    assert all(set(narrower) <= set(wider) for wider, narrower in pairwise(seen))
    assert ["game", "liability"] in seen


@pytest.mark.parametrize("width", [200, 132, 100, 80, 60, 40])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    state = State(reading(LINE, replace(LINE, game_id="g2", home="A" * 64, away="B" * 64)))

    assert all(len(line.rstrip()) <= width for line in shown(state, width, footer=("x" * 300,)))


def test_no_more_lines_than_the_terminal_has() -> None:
    games = [replace(LINE, game_id=f"g{number}") for number in range(100)]

    lines = shown(State(reading(*games)), 160, height=24)

    assert len(lines) <= 24
    assert sum("Bulldogs" in line for line in lines) >= 17
    assert any("more games with less at risk" in line for line in lines)


def test_top_limits_the_games() -> None:
    games = [replace(LINE, game_id=f"g{number}") for number in range(9)]

    lines = shown(State(reading(*games)), 160, height=50, top=3)

    assert sum("Bulldogs" in line for line in lines) == 3
    assert "and 6 more games with less at risk" in lines


def test_totals_stand_on_top() -> None:
    head = " ".join(shown(State(reading()), 200)[:3])

    for words in ("games 1", "handle 22,405.05", "realised +122.52", "liability 4,100.00"):
        assert words in head


def test_what_is_settled_is_no_longer_at_risk() -> None:
    line = replace(LINE, open_bets=0, liability=D(0))
    sight = Sight(line, Motion(), EURO)

    (cell,) = next(each.cells for each in fit([sight], 200) if each.column.title == "liability")

    assert cell.plain == texts.NOTHING


def test_an_arrow_says_which_way_a_total_went() -> None:
    motions = Motions()
    motions.after(reading())
    later = reading(replace(LINE, total_pnl=D(-3000)), at=NOON + timedelta(seconds=1))

    lines = shown(State(later, motions.after(later)), 200)

    assert any("-3,000.00 ▲" in line for line in lines)


def test_rates_are_of_the_last_seconds_and_never_negative() -> None:
    motions = Motions()
    assert motions.after(reading()).bets_per_s is None

    found = Motion()
    for second in range(1, 21):
        line = replace(LINE, bets=1026 + 10 * second)
        found = motions.after(reading(line, at=NOON + timedelta(seconds=second)))
    assert found.bets_per_s == pytest.approx(10)
    assert found.game_bets_per_s == {"g1": pytest.approx(10)}

    fewer = reading(replace(LINE, bets=0), at=NOON + timedelta(seconds=21))
    assert motions.after(fewer).bets_per_s == 0


def test_readings_further_apart_than_the_window_still_give_a_rate() -> None:
    motions = Motions()
    motions.after(reading())

    late = reading(replace(LINE, bets=1126), at=NOON + timedelta(seconds=4 * WINDOW_S))

    assert motions.after(late).bets_per_s == pytest.approx(5)


@pytest.mark.parametrize(
    ("state", "now_s", "good", "words"),
    [
        (State(), 0, True, "asking MySQL"),
        (State(asked_s=0), STALE_S + 1, False, "has not answered for 6.0 s"),
        (State(Reading(None, Totals(), (), None)), 0, True, "no bet yet"),
        (State(reading()), 0, True, "newest figure 0.2 s old"),
        (State(reading()), 1, True, "newest figure 1.2 s old"),
        (State(reading(age_s=12.0)), 0, False, "no new figure for 12 s"),
        (State(reading(), problem="MySQL is away."), 7, False, "MySQL is away; figures are 7.0 s"),
    ],
)
def test_health_is_one_sentence(state: State, now_s: float, good: bool, words: str) -> None:
    found = health(state, now_s)

    assert found.good is good
    assert words in found.sentence


def test_a_warning_is_marked_for_those_who_see_no_colours() -> None:
    assert "! no new figure" in shown(State(reading(age_s=60.0)), 120)[0]
    assert "● newest figure" in shown(State(reading()), 120)[0]


def test_a_plain_line_says_the_same() -> None:
    words = plain.line(State(reading()), EURO, 0.0)

    assert "total -3,068.62" in words
    assert words.endswith("newest figure 0.2 s old")
    assert plain.line(State(problem="MySQL is away."), EURO, 0.0).startswith("! MySQL is away")


def test_json_keeps_every_decimal() -> None:
    found = json.loads(plain.as_json(State(reading()), EURO))

    assert found["currency"] == "EUR"
    assert found["at"] == "2026-01-05T12:00:00.000Z"
    assert found["totals"]["expected_pnl"] == "-39.6487"
    assert found["games"][0]["score"] == [96, 67]
    assert datetime.fromisoformat(found["games"][0]["starts_at"]) == NOON.replace(tzinfo=UTC)
