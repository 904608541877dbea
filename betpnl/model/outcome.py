"""A trained model behind one ONNX session."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from betpnl.errors import UserError
from betpnl.model.features import columns
from betpnl.model.recipe import Recipe

HOW = "`betpnl train`"
FALLBACK_VERSION = "fallback"
"""The model version of a row that the model could not score."""
VERSION_LENGTH_MAX = 64
"""What the tables have room for."""


class OutcomeModel:
    """A score for each selection of a market, one inference a batch.

    version: names the file. recipe: how its features are made.

    It may not keep anything between batches, change what it was given, or raise on a row.
    content: of the file, where it was read already. setting: that names the file.
    Raises UserError if the file is missing, is no ONNX model, was trained on other columns, or
    scores nothing when tried.
    """

    def __init__(
        self, path: Path, content: bytes | None = None, *, setting: str = "model_path"
    ) -> None:
        options = onnxruntime.SessionOptions()
        # Flink runs one worker a slot: a thread pool in each would only fight over the cores.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Read here, so that replacing the file later can't reach a session that serves.
        content = read_model(path, setting) if content is None else content
        unusable = (
            f"The model {path} is not a usable ONNX file: set {setting} to a model, or make one "
            f"with {HOW}."
        )
        try:
            session = onnxruntime.InferenceSession(
                content, sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has an exception class for each kind of damage
            raise UserError(unusable) from error
        metadata = session.get_modelmeta().custom_metadata_map
        self.version: str = metadata.get("model_version", "")
        try:
            self.recipe = Recipe.from_json(metadata.get("recipe", ""))
            fits = metadata.get("columns") == ",".join(columns(self.recipe))
        except ValueError:
            fits = False
        if not fits or not self.version:
            raise UserError(
                f"The model {path} was made for other features than this version of betpnl has: "
                f"set {setting} to another, or make it again with {HOW}."
            )
        if (
            len(self.version) > VERSION_LENGTH_MAX
            or not self.version.isprintable()
            or self.version == FALLBACK_VERSION
        ):
            raise UserError(
                f"The model {path} calls itself {self.version[:VERSION_LENGTH_MAX]!r}: a version "
                f"has at most {VERSION_LENGTH_MAX} printable characters and is not "
                f"{FALLBACK_VERSION!r}."
            )
        self._session = session
        self._input = session.get_inputs()[0].name
        self._output = session.get_outputs()[-1].name
        try:
            # Now, while another can still be taken, rather than at the first bet.
            self.predict(np.zeros((2, len(columns(self.recipe))), np.float32))
        except Exception as error:
            raise UserError(unusable) from error

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores [n] for a matrix of `features.feature_matrix` [n, k], n = 0 included.

        A selection's share of its market's scores is its probability (`features.within_market`).
        NaN where a row holds one, for the caller to fall back. A model that gives [n, 1], or the
        two probabilities of a classifier [n, 2], is taken as well.
        """
        if len(features) == 0:
            return np.empty(0)
        matrix = np.ascontiguousarray(features, dtype=np.float32)
        (raw,) = self._session.run([self._output], {self._input: matrix})
        scores: NDArray[np.float64] = raw.reshape(len(features), -1)[:, -1].astype(np.float64)
        return scores


def read_model(path: Path, setting: str = "model_path") -> bytes:
    """The file's content; setting: that names it. Raises UserError."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError(
            f"The model {path} cannot be read ({error.strerror}): set {setting} to a model, or "
            f"make one with {HOW}."
        ) from error
