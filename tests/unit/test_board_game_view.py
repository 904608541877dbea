"""What a game's page shows and how its address says what is chosen."""

import shlex
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from betpnl.api.pnl.answers import MarketPnl, SelectionPnl
from betpnl.board import choice_query, game_view
from betpnl.board.what_if import Choice, Key, Market
from betpnl.pnl import Outcome
from betpnl.score_markets import Score

# An id: no control characters, nothing that is no text.
IDS = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=64)
CHOICES = st.builds(
    Choice,
    score=st.none() | st.builds(Score, st.integers(0, 999), st.integers(0, 999)),
    winners=st.dictionaries(st.builds(Market, IDS, st.text("-.0123456789", max_size=16)), IDS),
)


@given(game_id=IDS, choice=CHOICES)
def test_an_address_says_the_game_and_the_choice_whatever_they_hold(
    game_id: str, choice: Choice
) -> None:
    address = urlsplit(choice_query.game_address(game_id, choice))
    pairs = parse_qsl(address.query, keep_blank_values=True)

    in_path = unquote(address.path.removeprefix("/game").removeprefix("/"))
    assert (in_path or dict(pairs)["id"]) == game_id
    assert address.path.count("/") <= 2
    assert choice_query.read(pairs) == choice


def test_a_step_of_a_path_goes_by_the_query() -> None:
    assert choice_query.game_address("..") == "/game?id=.."
    assert choice_query.bet_address(".") == "/bet?id=."
    assert choice_query.game_address("..", Choice(Score(1, 0))) == "/game?id=..&score=1-0"


@given(st.lists(st.tuples(st.sampled_from(["score", "win", "id"]), st.text())))
def test_any_address_can_be_read(pairs: list[tuple[str, str]]) -> None:
    choice = choice_query.read(pairs)
    assert len(choice.winners) <= choice_query.WINNERS_MAX
    assert (
        choice_query.read(parse_qsl(choice_query.write(choice), keep_blank_values=True)) == choice
    )


def test_a_choice_that_is_none_is_left_out() -> None:
    pairs = [("score", "2-x"), ("score", "1000-0"), ("win", "home"), ("win", "a\x1fb"), ("x", "1")]
    assert not choice_query.read([*pairs, ("win", "\x1f".join(("m" * 65, "", "home")))])


def selection(
    name: str, brings: str | None, riding: str = "10.0000", **changes: Any
) -> SelectionPnl:
    sums: dict[str, Any] = dict.fromkeys(
        (
            *("expected_payout", "payout_win", "payout_half_win", "payout_half_lose"),
            *("tickets_handle_riding", "tickets_payout_win"),
        ),
        "0.0000",
    )
    values: dict[str, Any] = {
        "selection": name,
        "odds": None,
        "probability": None,
        "priced_at": None,
        "bets": 1,
        "tickets": 0,
        "handle_riding": riding,
        "result": None,
        "dead_heat": None,
        "settled_at": None,
        "payout": None,
        "pnl_if_win": brings,
        **sums,
        **changes,
    }
    return SelectionPnl(**values)


def market(*selections: SelectionPnl, name: str = "match_result", line: str = "") -> MarketPnl:
    return MarketPnl(
        market=name,
        line=line,
        handle_riding="30.0000",
        realised_pnl="0.0000",
        worst_case=None,
        best_case=None,
        liability="0.0000",
        selections=list(selections),
    )


def rungs(row: MarketPnl, choice: Choice | None = None, **outcomes: Outcome) -> dict[str, Any]:
    key = Market(row.market, row.line)
    decided = {Key(key, name): outcome for name, outcome in outcomes.items()}
    shown = game_view.market(row, choice or Choice(), decided)
    return {rung["selection"]: rung for rung in shown["rungs"]}


def test_the_worst_and_the_best_to_win_are_marked() -> None:
    shown = rungs(
        market(selection("away", "9.0000"), selection("draw", "-10.0000"), selection("home", "5"))
    )
    assert {name: rung["mark"] for name, rung in shown.items()} == {
        "home": "",
        "draw": "worst",
        "away": "best",
    }
    assert list(shown) == ["home", "draw", "away"]


def test_nothing_is_marked_where_all_are_alike() -> None:
    shown = rungs(market(selection("over", "1.00"), selection("under", "1.0000")))
    assert {rung["mark"] for rung in shown.values()} == {""}


def test_bars_are_shares_of_the_largest_stakes() -> None:
    shown = rungs(market(selection("over", "1", riding="0.0000"), selection("under", "1")))
    assert {name: rung["share"] for name, rung in shown.items()} == {"over": 0, "under": 100}
    assert rungs(market(selection("yes", "1", riding="0.0000")))["yes"]["share"] == 0


def test_a_settled_selection_is_not_chosen() -> None:
    choice = Choice(winners={Market("match_result", ""): "home"})
    row = market(selection("home", None, result="win"), selection("away", "1"))
    assert not rungs(row, choice)["home"]["chosen"]
    shown = rungs(market(selection("home", "1"), selection("away", "1")), choice, away=Outcome.LOSE)
    assert shown["home"]["chosen"]
    assert shown["away"]["outcome"] == "lose"


def test_markets_that_a_score_decides_come_first_and_by_their_lines() -> None:
    rows = [
        market(name="most_cards"),
        market(name="total_goals", line="10.5"),
        market(name="total_goals", line="2.5"),
        market(name="a", line="no number"),
        market(name="match_result"),
    ]
    assert [(row.market, row.line) for row in sorted(rows, key=game_view.order)] == [
        ("match_result", ""),
        ("total_goals", "2.5"),
        ("total_goals", "10.5"),
        ("a", "no number"),
        ("most_cards", ""),
    ]


@given(IDS)
def test_the_question_in_sql_holds_the_id_and_no_more(game_id: str) -> None:
    words = shlex.split(game_view.sql(game_id))
    assert words[:3] == ["betpnl", "sql", "-e"]
    assert len(words) == 4
    text = words[3].partition("game_id = ")[2]
    assert text.startswith("'")
    assert text.endswith("';")
    assert text[1:-2].replace("''", "") == game_id.replace("'", "")
    assert text[1:-2].replace("''", "'") == game_id
