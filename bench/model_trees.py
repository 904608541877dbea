"""A tree ensemble on the model's own features, as an ONNX file that OutcomeModel opens."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from betpnl.errors import UserError
from betpnl.model.features import columns
from betpnl.model.recipe import Recipe
from betpnl.model.training.export import versioned
from betpnl.model.training.fitting import features_of
from betpnl.model.training.samples import Samples, split_by_time

try:
    import lightgbm
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType
except ImportError as error:
    raise UserError(
        f"The tree ensemble needs {error.name}: install what bench/requirements.txt says, as it "
        "says, or leave the trees out with --no-trees."
    ) from None

_OPSET = 15
_FITTED = {
    "objective": "binary",
    "learning_rate": 0.05,
    "min_data_in_leaf": 50,
    # One thread and no chance: the same games give the same trees.
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 0,
    "verbose": -1,
}
_PATIENCE, _TREES_MAX = 50, 1000


class Size(NamedTuple):
    """How large an ensemble is. trees: 0 takes as many as serve the last fifth best."""

    trees: int
    leaves: int


class Trees(NamedTuple):
    """A file for OutcomeModel, and how many trees it holds."""

    content: bytes
    trees: int


def trees(earlier: Samples, recipe: Recipe, size: Size) -> Trees:
    """Train on the earlier games alone. recipe: makes the features, kept in the file."""
    count = size.trees or _best_count(earlier, recipe, size.leaves)
    booster = lightgbm.train(
        {**_FITTED, "num_leaves": size.leaves}, _rows(earlier, recipe), num_boost_round=count
    )
    inputs = [("features", FloatTensorType([None, len(columns(recipe))]))]
    model = convert_lightgbm(booster, initial_types=inputs, zipmap=False, target_opset=_OPSET)
    # The converter's own is another each time, and with it the version would be.
    model.graph.name = "trees"
    # The label is of no use, and its shape is wrong in what the converter writes.
    _drop_output(model, "label")
    content, _ = versioned(model, recipe, f"trees-{count}x{size.leaves}")
    return Trees(content, count)


def _best_count(earlier: Samples, recipe: Recipe, leaves: int) -> int:
    first, last, _ = split_by_time(earlier, 1 / 5)
    fitted = _rows(first, recipe)
    booster = lightgbm.train(
        {**_FITTED, "num_leaves": leaves},
        fitted,
        num_boost_round=_TREES_MAX,
        valid_sets=[_rows(last, recipe, fitted)],
        callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
    )
    return max(1, int(booster.best_iteration))


def _rows(samples: Samples, recipe: Recipe, like: Any = None) -> Any:
    """Each selection as one that won and one that lost, weighed by its end: dead heats are both."""
    features: NDArray[np.float32] = features_of(samples, recipe)
    ends = np.concatenate((samples.target, 1.0 - samples.target))
    label = np.repeat([1, 0], len(features))
    kept = ends > 0
    both = np.concatenate((features, features))
    return lightgbm.Dataset(both[kept], label[kept], weight=ends[kept], reference=like)


def _drop_output(model: Any, name: str) -> None:
    outputs = [each for each in model.graph.output if each.name != name]
    del model.graph.output[:]
    model.graph.output.extend(outputs)
