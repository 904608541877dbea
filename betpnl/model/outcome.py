"""The trained model behind one ONNX session."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from betpnl.errors import UserError
from betpnl.model.features import COLUMNS, PROBABILITY_MIN

FALLBACK_VERSION = "fallback"
"""The model version of a row that the model could not score."""


class OutcomeModel:
    """Probability that a selection wins, one inference a batch.

    It may not keep anything between batches, change what it was given, or raise on a row.
    Raises UserError if the file is missing, is no ONNX model, or was trained on other columns.
    """

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        # Flink runs one worker a slot: a thread pool in each would only fight over the cores.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            # Read here, so that replacing the file later can't reach a session that serves.
            content = Path(path).read_bytes()
            session = onnxruntime.InferenceSession(
                content, sess_options=options, providers=["CPUExecutionProvider"]
            )
        except OSError as error:
            raise UserError(
                f"The model {path} cannot be read ({error.strerror}): set model_path to a model, "
                "or make one with `python models/train.py`."
            ) from error
        except Exception as error:  # onnxruntime has an exception class for each kind of damage
            raise UserError(
                f"The model {path} is not a usable ONNX file: set model_path to a model, or make "
                "one with `python models/train.py`."
            ) from error
        metadata = session.get_modelmeta().custom_metadata_map
        if metadata.get("columns") != ",".join(COLUMNS) or not metadata.get("model_version"):
            raise UserError(
                f"The model {path} was made for other features than this version of betpnl has: "
                "set model_path to another, or make it again with `python models/train.py`."
            )
        self._session = session
        self._input = session.get_inputs()[0].name
        self.version: str = metadata["model_version"]

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities [n] for a matrix of `features.feature_matrix` [n, k], n = 0 included.

        Within [1e-6, 1 - 1e-6]; NaN where the row holds one, for the caller to fall back.
        """
        if len(features) == 0:
            return np.empty(0)
        matrix = np.ascontiguousarray(features, dtype=np.float32)
        raw = self._session.run(None, {self._input: matrix})[0]
        probability: NDArray[np.float64] = raw.astype(np.float64)
        return np.clip(probability, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)
