"""The trained weights as an ONNX file whose bytes depend on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from betpnl.model.features import COLUMNS, Floats

OPSET, IR_VERSION = 17, 8  # pinned low: read by every onnxruntime since 1.12


def to_onnx(weights: Floats, release: str) -> tuple[bytes, str]:
    """The file's bytes and its model version 'logit-<release>-<first 8 of its SHA-256>'.

    The graph: features float32 [n, k] -> probability float32 [n], sigmoid(features @ weights).
    """
    initializer = numpy_helper.from_array(weights.astype(np.float32), "weights")
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["features", "weights"], ["logit"]),
            helper.make_node("Sigmoid", ["logit"], ["probability"]),
        ],
        "outcome",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", len(COLUMNS)])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n"])],
        [initializer],
    )
    model = helper.make_model(
        graph,
        producer_name="betpnl",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model)
    helper.set_model_props(model, {"columns": ",".join(COLUMNS)})
    digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()
    version = f"logit-{release}-{digest[:8]}"
    helper.set_model_props(model, {"columns": ",".join(COLUMNS), "model_version": version})
    return model.SerializeToString(deterministic=True), version
