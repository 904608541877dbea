"""The games in data/ as the replay and the training see them."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from betpnl.contract import limits
from betpnl.errors import UserError
from betpnl.games import Game, load_games


@pytest.fixture(scope="module")
def games() -> list[Game]:
    return load_games()


def test_every_source_is_there(games: list[Game]) -> None:
    competitions = Counter(game.competition for game in games)

    assert competitions["Premier League"] == competitions["La Liga"] == 380
    assert competitions["NFL"] > 2900
    assert {"AFL", "AFL Women", "NRL", "NBL", "Big Bash League"} <= set(competitions)
    assert {game.sport for game in games} == {
        "football",
        "aussie_rules",
        "rugby_league",
        "basketball",
        "cricket",
        "american_football",
    }


def test_ids_are_unique_and_fit_the_contract(games: list[Game]) -> None:
    assert len({game.game_id for game in games}) == len(games)
    assert max(len(game.game_id) for game in games) <= limits.ID_LENGTH_MAX


def test_games_are_ordered_and_of_the_past(games: list[Game]) -> None:
    assert [g.game_id for g in sorted(games, key=lambda g: (g.starts_at, g.game_id))] == [
        g.game_id for g in games
    ]
    assert datetime(2011, 9, 1, tzinfo=UTC) < games[0].starts_at
    assert games[-1].starts_at < datetime(2026, 7, 1, tzinfo=UTC)


def test_checkpoints_run_forward_from_a_priced_start(games: list[Game]) -> None:
    for game in games:
        first, *later = game.checkpoints
        assert first.label == "start", game.game_id
        assert first.prices, game.game_id
        assert not first.in_play
        fractions = [checkpoint.fraction for checkpoint in game.checkpoints]
        assert fractions == sorted(set(fractions)), game.game_id
        assert all(checkpoint.in_play for checkpoint in later)
        assert all(0 <= c.minute < game.duration_min for c in game.checkpoints)


def test_every_price_is_above_one_within_a_whole_market(games: list[Game]) -> None:
    for game in games:
        for checkpoint in game.checkpoints:
            for market, lines in checkpoint.prices.items():
                for line, prices in lines.items():
                    named = game.game_id, checkpoint.label, market, line
                    assert set(prices) == {
                        selection for m, li, selection in game.results if (m, li) == (market, line)
                    }, named
                    assert all(1 < odds <= limits.ODDS_MAX for odds in prices.values()), named
                    assert 0.97 < sum(1 / odds for odds in prices.values()) <= 1.25, named


def test_every_market_ends_with_one_winner_a_push_or_a_dead_heat(games: list[Game]) -> None:
    for game in games:
        markets: dict[tuple[str, str], list[tuple[str, tuple[int, int] | None]]] = {}
        for (market, line, _), settlement in game.results.items():
            markets.setdefault((market, line), []).append(tuple(settlement))
        for name, settled in markets.items():
            results = Counter(result for result, _ in settled)
            if results["push"]:
                assert results["push"] == len(settled), (game.game_id, name)
            elif any(dead_heat for _, dead_heat in settled):
                assert settled == [("win", (1, 2))] * 2, (game.game_id, name)
            else:
                assert results["win"] == 1, (game.game_id, name)


def test_scores_only_grow(games: list[Game]) -> None:
    for game in games:
        scores = [
            (c.score_home, c.score_away) for c in game.checkpoints if c.score_home is not None
        ] + ([game.final_score] if game.final_score else [])
        for before, after in pairwise(scores):
            assert before[0] <= after[0], game.game_id
            assert before[1] <= after[1], game.game_id


def test_results_agree_with_the_final_score(games: list[Game]) -> None:
    for game in games:
        if game.final_score is None:
            continue
        home, away = game.final_score
        for (market, line, selection), (result, dead_heat) in game.results.items():
            if market in ("match_result", "moneyline"):
                margin = home - away
                ahead = {"home": margin > 0, "away": margin < 0, "draw": margin == 0}[selection]
                expected = "win" if ahead or dead_heat else "lose"
                if market == "moneyline" and margin == 0:
                    expected = "push"
            else:
                line_at = Decimal(line)
                above = home - away + line_at if market == "handicap" else home + away - line_at
                up = selection in ("home", "over")
                expected = "push" if above == 0 else "win" if (above > 0) == up else "lose"
            assert result == expected, (game.game_id, market, line, selection)


def test_lines_are_canonical_decimal_text(games: list[Game]) -> None:
    lines = {line for game in games for _, line, _ in game.results} - {""}

    assert {"2.5", "-3.5", "3", "0"} <= lines
    for line in lines:
        assert line == "0" or format(Decimal(line).normalize(), "f") == line


def test_no_in_play_price_where_the_sources_have_none(games: list[Game]) -> None:
    for game in games:
        if game.competition in ("Premier League", "La Liga", "NFL"):
            assert not any(checkpoint.prices for checkpoint in game.checkpoints[1:])


def test_missing_table_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"prices\.csv\.gz is missing: restore it"):
        load_games(tmp_path)
