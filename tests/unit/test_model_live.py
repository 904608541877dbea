"""A model's file is replaced, broken and mended while it serves."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from betpnl.bet_challenge import Challenger
from betpnl.bet_rows import MODEL_VERSION, BetRows
from betpnl.contract.records import Bet
from betpnl.errors import UserError
from betpnl.model.features import columns
from betpnl.model.live import LOOK_EVERY_S, LiveModel
from betpnl.model.margin import Floats
from betpnl.model.outcome import OutcomeModel
from betpnl.model.recipe import Recipe
from betpnl.model.training.export import to_onnx, versioned
from betpnl.references.resolve import References
from tests.unit.contract_records import ACCUMULATOR, ARRIVED_MS, LEG, RULES
from tests.unit.test_bet_rows import with_number
from tests.unit.test_bet_scoring import bet

RECIPE = OutcomeModel(Path("models/outcome.onnx")).recipe
TEMPO = next(iter(RECIPE.tempo.as_dict()))
GOOD = with_number("stake", "10")
CHALLENGE = -1
P_WIN = MODEL_VERSION - 1


def content(release: str, price: float = 1.0) -> tuple[bytes, str]:
    """A model's file and its version; price: the weight of the margin-free price."""
    weights: Floats = np.zeros(len(columns(RECIPE)))
    weights[0] = price
    return to_onnx(weights, RECIPE, release)


OLD, OLD_VERSION = content("old")
NEW, NEW_VERSION = content("new", 1.2)


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Scene:
    """A model's file and whoever follows it; each `look` is late enough to be one."""

    def __init__(self, folder: Path) -> None:
        self.path, self.kept, self.clock = folder / "model.onnx", folder / "kept", Clock()
        self._written = 1_000

    def put(self, text: bytes) -> None:
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(text)
        # Files that are written within one tick of the clock still differ.
        self._written += 1
        os.utime(draft, (self._written, self._written))
        draft.replace(self.path)

    def start(self) -> LiveModel:
        return LiveModel(self.path, self.kept, self.clock)

    def later(self) -> None:
        self.clock.now_s += LOOK_EVERY_S


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = Scene(tmp_path)
    made.put(OLD)
    return made


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


def test_a_new_file_goes_live_and_is_looked_for_once_a_second(scene: Scene) -> None:
    live = scene.start()
    assert live.now().version == OLD_VERSION

    scene.put(NEW)
    scene.clock.now_s += LOOK_EVERY_S / 2
    assert live.now().version == OLD_VERSION
    scene.later()

    assert live.now().version == NEW_VERSION
    assert not live.stale


def test_a_file_that_did_not_change_is_not_loaded_again(scene: Scene) -> None:
    live = scene.start()
    first = live.now()
    scene.later()

    assert live.now() is first


@pytest.mark.parametrize("broken", [None, b"", b"half", NEW[:-1], NEW[: len(NEW) // 2]], ids=str)
def test_a_broken_file_keeps_the_old_model_and_says_so_once(
    scene: Scene, caplog: pytest.LogCaptureFixture, broken: bytes | None
) -> None:
    live = scene.start()
    scene.path.unlink() if broken is None else scene.put(broken)

    for _ in range(3):
        scene.later()
        assert live.now().version == OLD_VERSION
        assert live.stale

    (said,) = warnings(caplog)
    assert "model_path" in said
    assert f"{OLD_VERSION} goes on" in said

    scene.put(NEW)
    scene.later()
    assert live.now().version == NEW_VERSION
    assert not live.stale


def test_each_change_for_the_worse_is_said(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    live = scene.start()
    for broken in (b"one", b"other"):
        scene.put(broken)
        scene.later()
        live.now()

    assert len(warnings(caplog)) == 2


def test_the_good_file_that_comes_back_is_taken(scene: Scene) -> None:
    live = scene.start()
    scene.put(b"half")
    scene.later()
    live.now()
    scene.put(OLD)
    scene.later()

    assert live.now().version == OLD_VERSION
    assert not live.stale


def test_a_file_that_can_be_read_again_unchanged_is_noticed(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = scene.start()
    scene.put(NEW)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        for _ in range(3):
            scene.later()
            assert live.now().version == OLD_VERSION
    assert len(warnings(caplog)) == 1
    scene.later()

    assert live.now().version == NEW_VERSION


def test_a_worker_that_starts_with_a_broken_file_takes_the_last_good_model(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.start()
    scene.put(NEW)
    scene.start()
    scene.put(b"half")

    live = scene.start()

    assert live.now().version == NEW_VERSION
    assert live.stale
    assert any("last good model" in said and NEW_VERSION in said for said in warnings(caplog))
    scene.put(OLD)
    scene.later()
    assert live.now().version == OLD_VERSION
    assert not live.stale


def test_without_a_file_and_a_copy_it_does_not_start(scene: Scene) -> None:
    scene.put(b"half")

    with pytest.raises(UserError, match="not a usable ONNX file: set model_path"):
        scene.start()


def test_a_copy_that_others_may_have_written_is_not_taken(scene: Scene) -> None:
    scene.start()
    scene.kept.chmod(0o777)
    scene.put(b"half")

    with pytest.raises(UserError, match="model_path"):
        scene.start()


def test_a_worker_that_can_keep_no_copy_serves(scene: Scene) -> None:
    scene.kept.write_text("a file where the folder should be")

    assert scene.start().now().version == OLD_VERSION


def test_only_the_model_is_kept_and_for_this_user_alone(scene: Scene) -> None:
    scene.start()

    (kept,) = scene.kept.iterdir()
    assert kept.read_bytes() == OLD
    assert scene.kept.stat().st_mode & 0o077 == 0


def test_a_model_that_scores_nothing_when_tried_does_not_go_live(scene: Scene) -> None:
    live = scene.start()
    narrow = onnx.load_from_string(NEW)
    # The metadata are right; the graph takes other features.
    (weights,) = narrow.graph.initializer
    weights.CopyFrom(onnx.numpy_helper.from_array(np.ones(3, np.float32), "weights"))
    narrow.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 3
    scene.put(versioned(narrow, RECIPE, "narrow")[0])
    scene.later()

    assert live.now().version == OLD_VERSION
    assert live.stale


@pytest.mark.parametrize(
    "odd",
    [
        replace(RECIPE, sports={**RECIPE.sports, "football": "ninety"}),
        replace(RECIPE, overrounds={"football/": "much"}),
        replace(RECIPE, tempo=replace(RECIPE.tempo, **{TEMPO: "fast"})),
    ],
    ids=["minutes", "overrounds", "tempo"],
)
def test_a_model_that_would_fail_at_a_bet_does_not_go_live(
    scene: Scene, caplog: pytest.LogCaptureFixture, odd: Recipe
) -> None:
    live = scene.start()
    scene.put(to_onnx(np.zeros(len(columns(RECIPE))), odd, "odd")[0])
    scene.later()

    assert live.now().version == OLD_VERSION
    assert live.stale
    assert "made for other features" in warnings(caplog)[0]


@pytest.mark.parametrize("name", ["fallback", "x" * 65])
def test_a_version_that_the_tables_cannot_tell_apart_or_hold_is_refused(
    tmp_path: Path, name: str
) -> None:
    model = onnx.load_from_string(NEW)
    known = {each.key: each.value for each in model.metadata_props}
    onnx.helper.set_model_props(model, {**known, "model_version": name})
    path = tmp_path / "named.onnx"
    path.write_bytes(model.SerializeToString())

    with pytest.raises(UserError, match="calls itself"):
        OutcomeModel(path)


def test_one_model_scores_a_whole_batch(scene: Scene) -> None:
    """The file changes between the question for the model and the packing of the rows."""
    live = scene.start()

    class Watched:
        def __call__(self) -> OutcomeModel:
            model = live.now()
            scene.put(NEW)
            scene.later()
            return model

    rows = BetRows(RULES, Watched(), 2, References(RULES.base_currency))
    first = rows.rows([GOOD] * 2, [ARRIVED_MS // 1000] * 2)
    second = rows.rows([GOOD], [ARRIVED_MS // 1000])

    assert [row[MODEL_VERSION] for row in first] == [OLD_VERSION] * 2
    assert second[0][MODEL_VERSION] == NEW_VERSION
    assert first[0][P_WIN] != second[0][P_WIN]


class Ring:
    """A champion and a challenger, each with its file."""

    def __init__(self, folder: Path, challenge: bytes | None) -> None:
        self.champion, self.other = Scene(folder / "one"), Scene(folder / "two")
        for scene in (self.champion, self.other):
            scene.path.parent.mkdir()
        self.champion.put(OLD)
        if challenge is not None:
            self.other.put(challenge)
        self.challenger = Challenger(self.other.path, self.other.clock)
        self._rows = BetRows(
            RULES,
            self.champion.start().now,
            2,
            References(RULES.base_currency),
            self.challenger.words,
        )

    def row(self, message: bytes = GOOD) -> list[str | None]:
        (row,) = self._rows.rows([message], [ARRIVED_MS // 1000])
        return row

    def words(self, *bets: Bet) -> list[str | None]:
        return list(self.challenger.words(OLD_VERSION, bets))


def alone(model: bytes, folder: Path) -> list[str | None]:
    """What a bet's row is with a model and no challenger."""
    folder.mkdir()
    (folder / "model.onnx").write_bytes(model)
    served = OutcomeModel(folder / "model.onnx")
    rows = BetRows(RULES, lambda: served, 2, References(RULES.base_currency))
    (row,) = rows.rows([GOOD], [ARRIVED_MS // 1000])
    return row


def test_a_challengers_word_stands_beside_and_changes_nothing_else(tmp_path: Path) -> None:
    row = Ring(tmp_path, NEW).row()
    champion, challenger = alone(OLD, tmp_path / "a"), alone(NEW, tmp_path / "b")

    assert row[:CHALLENGE] == champion[:CHALLENGE]
    assert row[P_WIN] != challenger[P_WIN]
    assert row[CHALLENGE] == f"{challenger[P_WIN]}{NEW_VERSION}"
    assert champion[CHALLENGE] is None


@pytest.mark.parametrize("challenge", [None, b"half", OLD], ids=["missing", "broken", "champion"])
def test_without_a_challenger_of_its_own_there_is_no_word(
    tmp_path: Path, challenge: bytes | None
) -> None:
    ring = Ring(tmp_path, challenge)

    assert ring.row() == alone(OLD, tmp_path / "a")
    assert ring.challenger.out == (challenge != OLD)


def test_a_challenger_that_comes_later_is_heard(tmp_path: Path) -> None:
    ring = Ring(tmp_path, b"half")
    ring.other.put(NEW)
    ring.other.later()

    assert (ring.row()[CHALLENGE] or "").endswith(NEW_VERSION)
    assert not ring.challenger.out


def test_a_challenger_that_fails_is_out_until_its_file_changes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring(tmp_path, NEW)
    expected = alone(OLD, tmp_path / "a")
    with monkeypatch.context() as patched:
        patched.setattr("betpnl.bet_challenge.score_legs", lambda *_: 1 / 0)
        assert [ring.row(), ring.row()] == [expected, expected]
    assert ring.row() == expected
    assert ring.challenger.out
    assert len(warnings(caplog)) == 1

    better, version = content("better", 1.1)
    ring.other.put(better)
    ring.other.later()

    assert (ring.row()[CHALLENGE] or "").endswith(version)
    assert not ring.challenger.out


def test_only_singles_that_the_challenger_itself_can_score_have_its_word(tmp_path: Path) -> None:
    ring = Ring(tmp_path, NEW)
    unknown = {**LEG, "sport": "quidditch", "market_odds": None}
    ticket = ACCUMULATOR["legs"]

    found = ring.words(bet(legs=ticket, bet_type="accumulator"), bet(), bet(legs=[unknown]), bet())

    assert [word is not None for word in found] == [False, True, False, True]
    assert ring.words() == []
