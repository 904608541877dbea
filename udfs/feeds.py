"""read_feed(topic, message, arrived_s): decodes and checks the records of every other topic."""

from __future__ import annotations

import pandas as pd
from pyflink.table import DataTypes, FunctionContext, ScalarFunction
from pyflink.table.udf import udf

from betpnl.feed_rows import FeedRows
from udfs import garbage
from udfs.bets import YEAR_2000_S
from udfs.counting import FeedCounts
from udfs.parameters import rules


class ReadFeed(ScalarFunction):
    """Vectorized: Series in, a Series of text arrays out."""

    def open(self, function_context: FunctionContext) -> None:
        """Make the readers once, for as long as the worker lives."""
        self._rows = FeedRows(rules(function_context))
        self._counts = FeedCounts(function_context)
        garbage.seldom()

    def eval(self, topic: pd.Series, message: pd.Series, arrived_s: pd.Series) -> pd.Series:
        """One array a message; arrived_s: seconds since 2000."""
        rows = self._rows.rows(topic, message, (arrived_s.astype("int64") + YEAR_2000_S).tolist())
        self._counts.rows(topic, rows)
        return pd.Series(rows, dtype=object)


read_feed = udf(
    ReadFeed(),
    input_types=[DataTypes.STRING(), DataTypes.BYTES(), DataTypes.INT()],
    result_type=DataTypes.ARRAY(DataTypes.STRING()),
    func_type="pandas",
    name="read_feed",
)
