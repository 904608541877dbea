"""read_bet(message, arrived_s): decodes, checks and scores bets, a batch at a time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pyflink.table import DataTypes, FunctionContext, ScalarFunction
from pyflink.table.udf import udf

from betpnl.bet_challenge import Challenger
from betpnl.bet_rows import BetRows
from betpnl.model.live import LiveModel
from udfs import garbage
from udfs.counting import BetCounts
from udfs.parameters import base_minor, models_folder, parameter, rules
from udfs.references import references

YEAR_2000_S = 946_684_800


class ReadBet(ScalarFunction):
    """Vectorized: Series in, a Series of text arrays out, one inference a batch."""

    def open(self, function_context: FunctionContext) -> None:
        """Open the model, which from then on follows its file."""
        self._model = LiveModel(
            Path(parameter(function_context, "model_path")), models_folder(function_context)
        )
        challenger = parameter(function_context, "challenger_path")
        self._challenger = Challenger(Path(challenger)) if challenger else None
        self._rows = BetRows(
            rules(function_context),
            self._model.now,
            base_minor(function_context),
            references(function_context),
            None if self._challenger is None else self._challenger.words,
        )
        self._counts = BetCounts(function_context)
        garbage.seldom()

    def eval(self, message: pd.Series, arrived_s: pd.Series) -> pd.Series:
        """One array a message; arrived_s: seconds since 2000."""
        with self._counts.timed():
            rows = self._rows.rows(message, (arrived_s.astype("int64") + YEAR_2000_S).tolist())
        self._counts.rows(rows)
        self._counts.models(
            stale=self._model.stale,
            challenger_out=self._challenger is not None and self._challenger.out,
        )
        return pd.Series(rows, dtype=object)

    def is_deterministic(self) -> bool:
        """No: another model may be live when a bet is scored again."""
        return False


read_bet = udf(
    ReadBet(),
    input_types=[DataTypes.BYTES(), DataTypes.INT()],
    result_type=DataTypes.ARRAY(DataTypes.STRING()),
    func_type="pandas",
    name="read_bet",
)
