"""What the functions need to know of the deployment, handed over as the job's parameters."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pyflink.table import FunctionContext

from betpnl.contract.checks import Rules
from betpnl.contract.currencies import minor_units

PREFIX = "betpnl."


def parameter(context: FunctionContext, name: str) -> str:
    """A job parameter; raises KeyError with the setting's name if the job came without it."""
    value = context.get_job_parameter(PREFIX + name, None)
    if value is None:
        raise KeyError(f"job parameter {PREFIX}{name} is missing: submit with `betpnl submit`")
    return str(value)


def rules(context: FunctionContext) -> Rules:
    """The rules that records are checked by."""
    return Rules(
        base_currency=parameter(context, "base_currency"),
        bet_horizon_ms=int(parameter(context, "bet_horizon_days")) * 86_400_000,
        accepted_ahead_ms=int(parameter(context, "accepted_ahead_max_s")) * 1000,
    )


def base_minor(context: FunctionContext) -> int:
    """Decimals of the base currency's smallest unit."""
    return minor_units(parameter(context, "base_currency"))


def models_folder(context: FunctionContext) -> Path:
    """Where workers keep a copy of the last good model."""
    home = Path(parameter(context, "home"))
    if os.access(home, os.W_OK):
        return home / "models"
    # A cluster of others has no home of ours. Right below /tmp, where nobody can put another folder
    # in the place of one's own, as he could in a folder between.
    return Path(tempfile.gettempdir()) / f"betpnl-models-{os.geteuid()}"
