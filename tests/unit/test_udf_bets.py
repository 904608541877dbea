"""The function as Flink opens and calls it, from the job's parameters to a batch's rows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from betpnl.bet_rows import MODEL_VERSION
from betpnl.errors import UserError
from betpnl.job.options import function_parameters
from betpnl.references.resolve import References
from betpnl.settings import Settings
from tests.unit.contract_records import ARRIVED_MS
from tests.unit.test_model_live import GOOD, NEW, NEW_VERSION, OLD, OLD_VERSION
from tests.unit.test_udf_counting import Group
from udfs.bets import YEAR_2000_S, ReadBet
from udfs.parameters import models_folder


class Context(Group):
    """What Flink gives a function: metrics, and the parameters that the job came with."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._known = {
            f"betpnl.{name}": value for name, value in function_parameters(settings, "nowhere:9092")
        }

    def get_job_parameter(self, name: str, default: str | None) -> str | None:
        return self._known.get(name, default)


@pytest.fixture(autouse=True)
def _garbage_as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without Kafka, and without the machine's own folder for what is temporary."""
    monkeypatch.setattr("udfs.bets.references", lambda _: References("EUR"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))


def opened(folder: Path, **values: Any) -> tuple[ReadBet, Context]:
    context = Context(
        Settings.load(home=folder / "home", model_path=folder / "model.onnx", **values)
    )
    function = ReadBet()
    function.open(context)  # type: ignore[arg-type]
    return function, context


def row(function: ReadBet) -> list[str | None]:
    arrived_s = pd.Series([ARRIVED_MS // 1000 - YEAR_2000_S])
    (found,) = function.eval(pd.Series([GOOD]), arrived_s)
    return list(found)


def test_a_worker_scores_and_counts_with_no_challenger(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(OLD)
    function, context = opened(tmp_path)

    found = row(function)

    assert (found[MODEL_VERSION], found[-1]) == (OLD_VERSION, None)
    assert context.counts["betpnl_records"] == 1
    assert not {"betpnl_stale", "betpnl_unchallenged"} & set(context.counts)


def test_no_batch_sets_off_a_search_for_garbage(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(OLD)
    function, _ = opened(tmp_path)
    bets = 1000
    messages = pd.Series([GOOD] * bets)
    arrived_s = pd.Series([ARRIVED_MS // 1000 - YEAR_2000_S] * bets)
    searches: list[str] = []

    def noted(phase: str, _info: Any) -> None:
        searches.append(phase)

    gc.callbacks.append(noted)
    try:
        found = [function.eval(messages, arrived_s) for _ in range(3)]
    finally:
        gc.callbacks.remove(noted)

    assert [len(rows) for rows in found] == [bets] * 3
    assert searches == []


def test_a_worker_asks_the_challenger_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(OLD)
    (tmp_path / "other.onnx").write_bytes(NEW)
    function, _ = opened(tmp_path, challenger_path=tmp_path / "other.onnx")

    found = row(function)

    assert found[MODEL_VERSION] == OLD_VERSION
    assert (found[-1] or "").endswith(NEW_VERSION)


def test_a_worker_that_starts_again_on_a_broken_file_goes_on_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "model.onnx").write_bytes(OLD)
    opened(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"half")

    function, context = opened(tmp_path, challenger_path=tmp_path / "none.onnx")

    assert row(function)[MODEL_VERSION] == OLD_VERSION
    assert context.counts["betpnl_stale"] == 1
    assert context.counts["betpnl_unchallenged"] == 1


def test_the_first_worker_of_all_refuses_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "model.onnx").write_bytes(b"half")

    with pytest.raises(UserError, match="model_path"):
        opened(tmp_path)


def test_the_copy_lies_at_home_or_where_there_is_none_in_a_folder_of_ones_own(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    context: Any = Context(Settings.load(home=home))

    apart = models_folder(context)
    # No folder between, which another could have made and might swap.
    assert apart.parent == tmp_path / "temporary"
    home.mkdir()
    assert models_folder(context) == home / "models"
