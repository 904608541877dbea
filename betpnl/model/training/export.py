"""The trained weights as an ONNX file whose bytes depend on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from betpnl.model.features import columns
from betpnl.model.margin import Floats
from betpnl.model.recipe import Recipe

OPSET, IR_VERSION = 17, 8  # pinned low: read by every onnxruntime since 1.12


def to_onnx(weights: Floats, recipe: Recipe, release: str) -> tuple[bytes, str]:
    """The file's bytes and its model version 'logit-<release>-<first 8 of its SHA-256>'.

    The graph: features float32 [n, k] -> score float32 [n], exp(features @ weights).
    """
    names = columns(recipe)
    initializer = numpy_helper.from_array(weights.astype(np.float32), "weights")
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["features", "weights"], ["logit"]),
            helper.make_node("Exp", ["logit"], ["score"]),
        ],
        "outcome",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", len(names)])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"])],
        [initializer],
    )
    model = helper.make_model(
        graph,
        producer_name="betpnl",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model)
    return versioned(model, recipe, f"logit-{release}")


def versioned(model: onnx.ModelProto, recipe: Recipe, name: str) -> tuple[bytes, str]:
    """A model's file with what serving needs to know, and its version '<name>-<hash>'.

    model: takes float32 [n, k] of `features.columns`, gives a score of at least 0 for each row.
    """
    known = {"columns": ",".join(columns(recipe)), "recipe": recipe.to_json()}
    helper.set_model_props(model, known)
    digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()
    version = f"{name}-{digest[:8]}"
    helper.set_model_props(model, {**known, "model_version": version})
    return model.SerializeToString(deterministic=True), version
