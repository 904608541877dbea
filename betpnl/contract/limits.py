"""The bounds that every record must keep, so that no sink can ever be poisoned by one.

Each bound is tied to a column of sql/mysql or to a DECIMAL of sql/: changing one here means
changing the other, and tests/sql/test_tables.py holds the two together.
"""

from decimal import Decimal

ID_LENGTH_MAX = 64
LABEL_LENGTH_MAX = 64
LINE_LENGTH_MAX = 16
LEGS_MAX = 30
# What is added up line by line, for a free system bet, must not hold up the bets behind it.
LINES_MAX = 20_000
SELECTIONS_MAX = 128
VERSION_MAX = 2**62

ODDS_MAX = Decimal(100_000)
ODDS_DECIMALS = 4
STAKE_MAX = Decimal(1_000_000_000)
CASH_OUT_MAX = Decimal(100_000_000_000)
# Six digits before the point: with ten behind it, no product of a stake passes 38 digits.
FX_RATE_MAX = Decimal(999_999)
FX_RATE_DECIMALS = 10
FRACTION_DECIMALS = 8
TOTAL_ODDS_MAX = Decimal(1_000_000_000_000)
PAYOUT_MAX = Decimal(10_000_000_000_000)

# Zeros that change no value may be written, but not without end: `0E-99999999999` is a short text
# that would be a very long number.
WRITTEN_DECIMALS_MAX = 30

EARLIEST_YEAR = 2000
REASON_LENGTH_MAX = 255
EXCERPT_LENGTH_MAX = 2_000

# Far above any record, far below where a decoder's recursion ends, wherever it is called from.
DEPTH_MAX = 64
