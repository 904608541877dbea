"""Whole bets scored: legs that are sold together, and what is made of them in both places."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from betpnl.api.pnl.bets import _standing
from betpnl.bet_rows import MODEL_VERSION, BetRows
from betpnl.bet_scoring import score_bets
from betpnl.contract.records import Bet
from betpnl.model.outcome import FALLBACK_VERSION, OutcomeModel
from betpnl.model.score_chances import joint_chance
from betpnl.references.resolve import References
from betpnl.verify.rescore import Rescorer
from betpnl.verify.valuation import Score
from tests.unit.contract_records import ARRIVED_MS, BET, LEG, READERS, RULES, Json

MODEL = OutcomeModel(Path("models/outcome.onnx"))
ROWS = BetRows(RULES, lambda: MODEL, 2, References(RULES.base_currency))
P_WIN = MODEL_VERSION - 1


def bet(**fields: Any) -> Bet:
    found: Bet = READERS["bets"].read(message(**fields), ARRIVED_MS)
    return found


def message(**fields: Any) -> bytes:
    return json.dumps({**BET, **fields}).encode()


def row(**fields: Any) -> list[str | None]:
    (found,) = ROWS.rows([message(**fields)], [ARRIVED_MS // 1000])
    return found


TOTAL = {
    **LEG, "leg": 2, "market": "total_goals", "line": "2.5", "selection": "over",
    "market_odds": {"over": 1.9, "under": 1.9},
}  # fmt: skip


def test_a_builder_of_football_scores_is_scored_by_all_its_legs_together() -> None:
    built = bet(bet_type="bet_builder", odds=3.9, legs=[LEG, TOTAL])

    (score,) = score_bets(MODEL, [built])

    joint = joint_chance(MODEL.recipe, built.legs)
    assert joint is not None
    assert score.by_model
    assert score.joint == Decimal(f"{joint:.8f}")


def test_a_builder_out_of_the_goals_models_reach_is_marked_so() -> None:
    corners = {**TOTAL, "market": "corners"}

    (score,) = score_bets(MODEL, [bet(bet_type="bet_builder", odds=3.9, legs=[LEG, corners])])

    assert score.joint is None
    assert not score.by_model


def test_other_bets_take_their_legs_one_by_one() -> None:
    other = {**TOTAL, "game_id": "g2"}

    single, several = score_bets(MODEL, [bet(), bet(bet_type="accumulator", legs=[LEG, other])])

    assert single.joint is several.joint is None
    assert single.by_model
    assert several.by_model
    assert [len(single.legs), len(several.legs)] == [1, 2]
    assert single.chances()[0] == several.chances()[0]


@pytest.mark.parametrize(
    ("fields", "by_model"),
    [
        ({"bet_type": "accumulator"}, False),
        ({"bet_type": "each_way", "each_way": {"fraction": 0.25}}, False),
        ({"bet_type": "system", "system": {"sizes": [1, 2]}}, False),
        ({"bet_type": "system", "system": {"sizes": [1], "bankers": [1]}}, False),
        ({"bet_type": "system", "system": {"sizes": [1]}}, True),
    ],
)
def test_legs_of_one_game_that_are_multiplied_are_no_word_of_the_model(
    fields: Json, by_model: bool
) -> None:
    one_game, two_games = (
        bet(**fields, legs=[LEG, second]) for second in (TOTAL, {**TOTAL, "game_id": "g2"})
    )

    one, two = score_bets(MODEL, [one_game, two_games])

    assert one.by_model is by_model
    assert two.by_model
    assert one.joint is None
    assert row(**fields, legs=[LEG, TOTAL])[MODEL_VERSION] == (
        MODEL.version if by_model else FALLBACK_VERSION
    )


BUILDER: Json = {"bet_type": "bet_builder", "odds": 3.9, "legs": [LEG, TOTAL]}
OTHER_GAME = {**TOTAL, "game_id": "g2"}


def test_a_builders_row_has_the_probability_of_its_legs_together() -> None:
    joint = joint_chance(MODEL.recipe, bet(**BUILDER).legs)

    found = row(**BUILDER)

    assert found[P_WIN] == f"{joint:.8f}"
    assert found[MODEL_VERSION] == MODEL.version


def test_a_builder_that_cannot_be_scored_is_worth_its_price_without_the_margin() -> None:
    unknown = {**BUILDER, "legs": [LEG, {**TOTAL, "market": "corners"}]}

    found = row(**unknown)

    keeps = [1 / sum(1 / odds for odds in leg["market_odds"].values()) for leg in (LEG, TOTAL)]
    assert float(found[P_WIN] or 0) == pytest.approx(keeps[0] * keeps[1] / 3.9, abs=1e-7)
    assert found[MODEL_VERSION] == FALLBACK_VERSION


@pytest.mark.parametrize(
    "fields",
    [
        {},
        BUILDER,
        {"bet_type": "accumulator", "legs": [LEG, OTHER_GAME]},
        {"bet_type": "system", "system": {"sizes": [1, 2]}, "legs": [LEG, OTHER_GAME]},
        {"bet_type": "each_way", "each_way": {"fraction": 0.25}},
        {"legs": [{**LEG, "market_odds": None}]},
    ],
    ids=["single", "builder", "accumulator", "system", "each way", "without a market"],
)
def test_scoring_again_finds_what_the_row_has(fields: Json) -> None:
    found = row(**fields)
    p_win, version = found[P_WIN], found[MODEL_VERSION]
    assert p_win is not None
    assert version == MODEL.version
    rescorer = Rescorer(MODEL, examples_max=1)

    rescorer.add(bet(**fields), Score(Decimal(p_win), version, False, Decimal(0)))

    report = rescorer.report()
    assert (report.found, report.different, rescorer.passed_by) == (1, 0, 0)
    rescorer.add(bet(**fields), Score(Decimal(p_win) / 2, version, False, Decimal(0)))
    assert rescorer.report().different == 1


def test_an_open_builder_still_pays_by_its_stored_probability() -> None:
    names = ("game_id", "market", "line", "selection")
    legs = [
        {**{name: each.get(name, "") for name in names}, "p_win": Decimal("0.5")}
        for each in (LEG, TOTAL)
    ]

    found = _standing(bet(**BUILDER), {"result": None, "p_win": Decimal("0.3")}, legs, {}, 2)

    payout, expected = found["open_payout"], found["open_expected_payout"]
    assert payout is not None
    assert expected == pytest.approx(payout * Decimal("0.3"), abs=Decimal("0.0001"))
