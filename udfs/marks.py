"""mark_prices(prices, moment): the model's word on the selections of a market, as things stand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pyflink.table import DataTypes, FunctionContext, ScalarFunction
from pyflink.table.udf import udf

from betpnl.marking import Marks
from betpnl.model.live import LiveModel
from udfs import garbage
from udfs.parameters import models_folder, parameter


class MarkPrices(ScalarFunction):
    """Vectorized: Series of packed texts in, a Series of packed texts out."""

    def open(self, function_context: FunctionContext) -> None:
        """Open the model, which from then on follows its file."""
        self._model = LiveModel(
            Path(parameter(function_context, "model_path")), models_folder(function_context)
        )
        self._marks = Marks()
        garbage.seldom()

    def eval(self, prices: pd.Series, moment: pd.Series) -> pd.Series:
        """One text a market."""
        model = self._model.now()
        marked = [self._marks.mark(model, *pair) for pair in zip(prices, moment, strict=True)]
        return pd.Series(marked, dtype=object)

    def is_deterministic(self) -> bool:
        """No: another model may be live by then."""
        return False


mark_prices = udf(
    MarkPrices(),
    input_types=[DataTypes.STRING(), DataTypes.STRING()],
    result_type=DataTypes.STRING(),
    func_type="pandas",
    name="mark_prices",
)
