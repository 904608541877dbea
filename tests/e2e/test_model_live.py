"""Models are swapped, broken and judged while the job runs; what was scored stays as it was."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from betpnl.contract.reading import reader
from betpnl.contract.topics import BETS
from betpnl.deployment import rules
from betpnl.model.features import columns
from betpnl.model.outcome import FALLBACK_VERSION, OutcomeModel
from betpnl.model.scoring import score_legs
from betpnl.model.training.export import to_onnx
from betpnl.monitor.exporter import Monitor
from betpnl.paths import PROJECT
from tests.e2e.world import ON_BATCHED_WORLD, World, bet, leg, result, running
from tests.waiting import until

pytestmark = ON_BATCHED_WORLD

RECIPE = OutcomeModel(PROJECT / "models" / "outcome.onnx").recipe
SPORT = "calibrated"
BANDS = (0.9, 0.75, 0.6, 0.4, 0.25, 0.1, 0.0)
_numbers = count()


class Made(NamedTuple):
    """A model's file and its version."""

    content: bytes
    version: str


def made(release: str, price: float) -> Made:
    """A model that trusts the price so much."""
    weights = np.zeros(len(columns(RECIPE)))
    weights[0] = price
    return Made(*to_onnx(weights, RECIPE, release))


OLD, NEW, OTHER = made("old", 1.0), made("new", 1.3), made("other", 0.8)


def put(path: Path, content: bytes) -> None:
    """A whole file at once, as `betpnl train` puts it."""
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(path)


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A deployment with models of its own: nobody else's may be swapped."""
    folder = tmp_path_factory.mktemp("live")
    champion, challenger = folder / "champion.onnx", folder / "challenger.onnx"
    put(champion, OLD.content)
    put(challenger, OTHER.content)
    with running(
        folder / "home",
        flush_max_rows=request.param,
        model_path=champion,
        challenger_path=challenger,
    ) as ready:
        yield ready


STORED = "SELECT p_win, model_version, expected_pnl, predicted_pnl FROM bet WHERE bet_id = %s"


def stored(world: World, bet_id: str) -> tuple[Any, ...]:
    """A bet's score, once it is there."""
    until(lambda: world.rows(STORED, bet_id) != [], f"{bet_id} has no row")
    return world.row(STORED, bet_id)


def version_of_next(world: World) -> str:
    """What scores a bet that is sent now."""
    name = f"probe-{next(_numbers)}"
    world.send("bets", bet(name, "probed"))
    return str(stored(world, name)[1])


def until_live(world: World, model: Made) -> None:
    """Put a model there and wait until bets are scored by it."""
    put(world.settings.model_path, model.content)
    until(
        lambda: version_of_next(world) == model.version,
        f"{model.version} does not go live",
    )


def test_a_new_model_goes_live_and_what_was_scored_stays(world: World) -> None:
    until_live(world, OLD)
    restarts = world.restarts()
    names = [f"before-{number}" for number in range(20)]
    world.send("bets", *(bet(name, "swapped") for name in names))
    before = {name: stored(world, name) for name in names}
    assert {row[1] for row in before.values()} == {OLD.version}

    until_live(world, NEW)
    world.send("bets", bet("after", "swapped"))

    after = stored(world, "after")
    assert after[1] == NEW.version
    assert after[0] > before[names[0]][0], "the same bet, trusted more, is no likelier"
    assert {name: stored(world, name) for name in names} == before
    until_live(world, OLD)
    world.send("bets", bet("back", "swapped"))
    assert stored(world, "back") == before[names[0]]
    assert world.restarts() == restarts


def test_a_correction_takes_back_what_another_model_said(world: World) -> None:
    until_live(world, OLD)
    world.send("bets", bet("corrected", "corrected"))
    stored(world, "corrected")
    until_live(world, NEW)

    world.send("bets", bet("corrected", "corrected", version=2, stake=20))

    query = (
        "SELECT model_version, bets FROM selection_scored "
        "WHERE game_id = 'corrected' AND role = 'champion'"
    )
    until(
        lambda: world.rows(query) == [(NEW.version, 1)],
        lambda: f"expected one bet of {NEW.version}, found {world.rows(query)}",
    )


def test_a_broken_file_changes_nothing_but_what_is_told(world: World) -> None:
    until_live(world, NEW)
    restarts = world.restarts()
    monitor = Monitor(world.settings)
    monitor.start()
    try:

        def stale() -> float | None:
            # Workers look at the file when a batch begins.
            assert version_of_next(world) == NEW.version
            return {
                each.name: each.value
                for family in text_string_to_metric_families(monitor.page().decode())
                for each in family.samples
            }.get("betpnl_model_stale")

        until(lambda: stale() == 0, "the model is not told to be that of its file")
        for broken in (OLD.content[:100], b""):
            put(world.settings.model_path, broken)
            until(lambda: (stale() or 0) >= 1, "a broken file is not told")
        world.settings.model_path.unlink()
        until(lambda: "model_path" in monitor.verdict().sentence, lambda: str(monitor.verdict()))
        assert version_of_next(world) == NEW.version

        put(world.settings.model_path, NEW.content)
        until(lambda: stale() == 0, "a mended file is not told")
        until_live(world, OLD)
    finally:
        monitor.stop()
    assert world.restarts() == restarts


class Judged(NamedTuple):
    """A row of model_calibration, without its key."""

    bets: int
    settled_bets: int
    expected_wins: float
    actual_wins: float
    log_loss: float | None
    brier: float | None


Key = tuple[str, str, float]

# Odds, how their selection ends, and what of a win that is; None says nothing.
ENDS: tuple[tuple[float, dict[str, Any] | None, float | None], ...] = (
    (1.05, {"outcome": "win"}, 1.0),
    (1.3, {"outcome": "lose"}, 0.0),
    (1.5, {"outcome": "win"}, 1.0),
    (2.35, {"outcome": "win"}, 1.0),
    (2.35, {"outcome": "lose"}, 0.0),
    (2.2, {"outcome": "win", "dead_heat": [1, 3]}, 1 / 3),
    (3.1, {"outcome": "void"}, None),
    (3.1, {"outcome": "half_win"}, None),
    (3.2, {"outcome": "lose"}, 0.0),
    (7.0, {"outcome": "win"}, 1.0),
    (15.0, {"outcome": "lose"}, 0.0),
    (15.0, None, None),
)


def _forecasts(world: World) -> Iterator[tuple[Key, float, float | None]]:
    """Sends the bets; each word on them as (version, role, band), probability, and what came."""
    read = reader(BETS, rules(world.settings)).read
    challenger = OutcomeModel(world.settings.challenger_path or Path())
    for number, (odds, _, came) in enumerate(ENDS):
        market = {"home": odds, "away": round(1 / (1.05 - 1 / odds), 2)}
        for kind, market_odds in (("market", market), ("alone", None)):
            name = f"judged-{number}-{kind}"
            taken = leg(f"judged-{number}", sport=SPORT, odds=odds, market_odds=market_odds)
            record = bet(name, legs=[taken])
            world.send("bets", record)
            p, version, *_ = stored(world, name)
            band = next(low for low in BANDS if low <= 1 / odds)
            yield (str(version), "champion", band), float(p), came
            parsed = read(json.dumps(record).encode(), int(time.time() * 1000))
            (word,) = score_legs(challenger, parsed.legs)
            assert word.by_model == (version != FALLBACK_VERSION)
            if word.by_model:
                assert word.probability != float(p)
                yield (OTHER.version, "challenger", band), round(word.probability, 8), came


def _judge(said: list[tuple[float, float | None]]) -> Judged:
    settled = [(p, came) for p, came in said if came is not None]
    losses = [-(came * math.log(p) + (1 - came) * math.log(1 - p)) for p, came in settled]
    squares = [(p - came) ** 2 for p, came in settled]
    return Judged(
        len(said),
        len(settled),
        sum(p for p, _ in settled),
        sum(came for _, came in settled),
        sum(losses) / len(settled) if settled else None,
        sum(squares) / len(settled) if settled else None,
    )


def test_the_calibration_is_that_of_plain_arithmetic(world: World) -> None:
    until_live(world, NEW)
    said: dict[Key, list[tuple[float, float | None]]] = {}
    for key, p, came in _forecasts(world):
        said.setdefault(key, []).append((p, came))
    world.send(
        "results",
        *(
            result(f"judged-{number}", **end)
            for number, (_, end, _) in enumerate(ENDS)
            if end is not None
        ),
    )
    expected = {key: _judge(words) for key, words in said.items()}
    assert {key[0] for key in expected} == {NEW.version, OTHER.version, FALLBACK_VERSION}

    def found() -> dict[Key, Judged]:
        rows = world.rows(
            "SELECT model_version, role, band, bets, settled_bets, expected_wins, actual_wins, "
            "log_loss, brier FROM model_calibration WHERE sport = %s",
            SPORT,
        )
        return {
            (row[0], row[1], float(row[2])): Judged(
                int(row[3]),
                int(row[4]),
                float(row[5]),
                float(row[6]),
                *(None if value is None else float(value) for value in row[7:]),
            )
            for row in rows
        }

    def same() -> bool:
        there = found()
        # Each logarithm is rounded to 6 decimals.
        return there.keys() == expected.keys() and all(
            there[key] == pytest.approx(expected[key], abs=2e-6) for key in expected
        )

    until(same, lambda: f"expected {expected}, found {found()}")

    # A result that is undone says nothing any more.
    world.send("results", result("judged-9", None, version=2, status="rolled_back"))
    band = (NEW.version, "champion", 0.1)
    until(lambda: found()[band].settled_bets == 0, lambda: f"found {found()[band]}")
    assert found()[band].bets == 1
    assert found()[band].log_loss is None


def test_every_single_counts_once_for_the_champion(world: World) -> None:
    summed = "SELECT SUM(bets) FROM selection_scored WHERE role = 'champion'"
    counted = "SELECT COUNT(*) FROM bet WHERE bet_type = 'single'"
    until(
        lambda: world.rows(summed) == world.rows(counted),
        lambda: f"{world.rows(summed)} of {world.rows(counted)}",
    )


def test_the_audit_is_clean(world: World) -> None:
    world.verify()
