"""settle_ticket(gathered): what a ticket of several legs pays, once it is decided."""

from __future__ import annotations

import pandas as pd
from pyflink.table import DataTypes, FunctionContext, ScalarFunction
from pyflink.table.udf import udf

from betpnl.settling import settle_packed
from udfs import garbage


class SettleTicket(ScalarFunction):
    """Vectorized. The same texts give the same row, so it may stand on retractions."""

    def open(self, function_context: FunctionContext) -> None:  # noqa: ARG002 (as Flink calls it)
        """Once, for as long as the worker lives."""
        garbage.seldom()

    def eval(self, gathered: pd.Series) -> pd.Series:
        """One array a ticket, null while it has no result."""
        return pd.Series([settle_packed(texts) for texts in gathered], dtype=object)

    def is_deterministic(self) -> bool:
        """It is; but one that says so is copied by the planner to each field taken of its result.

        Flink then calls it five times in three Python stages, each behind a join of its own.
        """
        return False


settle_ticket = udf(
    SettleTicket(),
    input_types=[DataTypes.ARRAY(DataTypes.STRING())],
    result_type=DataTypes.ARRAY(DataTypes.STRING()),
    func_type="pandas",
    name="settle_ticket",
)
