"""Versions that grow with the position in the binary log.

    epoch (10 bits) | number of the log's file (20 bits) | position in it (32 bits)

A server that is replaced, or whose logs are reset, begins again at small positions: then the
epoch grows by one.
"""

from __future__ import annotations

from betpnl.contract.limits import VERSION_MAX

_FILE_BITS, _POSITION_BITS = 20, 32
_FILE_MAX, _POSITION_MAX = (1 << _FILE_BITS) - 1, (1 << _POSITION_BITS) - 1
_EPOCH_SHIFT = _FILE_BITS + _POSITION_BITS
EPOCH_MAX = (VERSION_MAX >> _EPOCH_SHIFT) - 1


def position(file: str, offset: int) -> int:
    """A place in the binary log as one number. file: such as `binlog.000042`.

    Raises ValueError for a name that does not end in a number.
    """
    number = int(file.rpartition(".")[2])
    # Past either bound places are no longer told apart, and versions grow by one at a time.
    return min(number, _FILE_MAX) << _POSITION_BITS | min(offset, _POSITION_MAX)


def version(epoch: int, place: int) -> int:
    """The version that goes with a place, within an epoch."""
    return min(epoch, EPOCH_MAX) << _EPOCH_SHIFT | place


def after(last: int, at_least: int) -> int:
    """The version that follows the last one of a record, not below `at_least`."""
    return min(max(last + 1, at_least), VERSION_MAX)
