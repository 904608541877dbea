"""Which figure a limit is held against."""

from decimal import Decimal as D
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from betpnl.api.pnl.answers import GamePnl, decimal_text
from betpnl.api.pnl.examples import ANSWERS
from betpnl.limits.figures import Figures
from betpnl.limits.records import MEASURES
from tests.unit.test_limits_judge import limit

_MONEY = st.decimals(-(10**20), 10**20, places=4)
_GAME = msgspec.convert(ANSWERS["GamesPage"]["games"][0], GamePnl)


def game(game_id: str, sport: str = "football", open_bets: int = 1, **money: D) -> GamePnl:
    texts: dict[str, Any] = {name: decimal_text(amount) for name, amount in money.items()}
    return msgspec.structs.replace(
        _GAME, game_id=game_id, sport=sport, open_bets=open_bets, **texts
    )


def figures(*games: GamePnl) -> Figures:
    taken = Figures()
    taken.take({each.game_id: each for each in games})
    return taken


_GAMES = st.lists(
    st.builds(
        game,
        st.text(max_size=3),
        st.sampled_from(["football", "tennis"]),
        st.integers(0, 2),
        liability=_MONEY.map(abs),
        worst_case=_MONEY,
        realised_pnl=_MONEY,
        total_pnl=_MONEY,
    ),
    unique_by=lambda each: each.game_id,
)


@given(_GAMES, st.sampled_from(MEASURES))
def test_games_add_up_to_sports_and_sports_to_the_total(games: list[GamePnl], measure: Any) -> None:
    taken = figures(*games)

    def of(**rule: Any) -> Any:
        return taken.of(limit(measure=measure, **rule))

    each = [of(scope="game", game_id=one.game_id) for one in games]
    sports = [of(scope="sport", sport=sport) for sport in ("football", "tennis", "chess")]
    assert of(scope="total") == sum(each) == sum(sports)
    assert sports[2] == 0
    for one, figure in zip(games, each, strict=True):
        exact = D(getattr(one, measure))
        assert figure == (0 if measure == "liability" and not one.open_bets else exact)


def test_a_game_that_is_not_there_has_no_figure() -> None:
    taken = figures(game("g"))

    assert taken.of(limit(game_id="other")) is None
    assert (taken.has("g"), taken.has("other")) == (True, False)


def test_a_sum_is_exact_to_the_last_digit() -> None:
    most = D("99999999999999999999999999.9999")
    taken = figures(game("a", total_pnl=most), game("b", total_pnl=D("0.0001")))

    assert taken.of(limit(scope="total", measure="total_pnl")) == 10**26


def test_the_next_reading_takes_the_place_of_the_last() -> None:
    first, second = game("a", total_pnl=D(1)), game("b", total_pnl=D(2))
    taken = figures(first, second)

    taken.take({"a": first, "b": game("b", total_pnl=D("5.0001"))})
    assert taken.of(limit(scope="total", measure="total_pnl")) == D("6.0001")
    taken.take({"a": first})
    assert taken.of(limit(scope="total", measure="total_pnl")) == 1
