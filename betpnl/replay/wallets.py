"""Who bets: regions with their currencies, channels, and a fixed table of exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from betpnl.contract.currencies import minor_units
from betpnl.errors import UserError
from betpnl.replay.stakes import Floats, Integers

PER_EURO = {
    "EUR": Decimal(1),
    "GBP": Decimal("0.846"),
    "USD": Decimal("1.07"),
    "AUD": Decimal("1.61"),
    "SEK": Decimal("11.36"),
    "JPY": Decimal(172),
    "KWD": Decimal("0.328"),
}
"""Units of each currency for one euro: table `replay-2024-06-28`, the market's rates of about
that day, rounded. Good for a replay, not for books."""

# region, currency, share of the customers
REGIONS = (
    ("gb", "GBP", 0.24),
    ("ie", "EUR", 0.07),
    ("es", "EUR", 0.14),
    ("de", "EUR", 0.11),
    ("se", "SEK", 0.06),
    ("us-nj", "USD", 0.10),
    ("us-co", "USD", 0.05),
    ("au-nsw", "AUD", 0.10),
    ("au-vic", "AUD", 0.08),
    ("jp", "JPY", 0.03),
    ("kw", "KWD", 0.02),
)
CHANNELS = (("mobile", 0.52), ("web", 0.33), ("retail", 0.11), ("phone", 0.04))
CUSTOMERS = 20_000

_RATE = Decimal("0.00000001")


def rates_to(base_currency: str) -> dict[str, Decimal]:
    """Units of the base currency for one of each currency, to 8 decimals.

    Raises UserError for a base currency that the table lacks.
    """
    base = PER_EURO.get(base_currency)
    if base is None:
        raise UserError(
            f"base_currency {base_currency} has no rate in the replay's table; "
            f"set it to one of {', '.join(PER_EURO)}."
        )
    return {
        currency: Decimal(1) if currency == base_currency else (base / per_euro).quantize(_RATE)
        for currency, per_euro in PER_EURO.items()
    }


@dataclass(frozen=True)
class Wallets:
    """Columns by wallet, a wallet being one region's customers on one channel.

    fields: the wallet's part of a bet's JSON. per_euro: units of its currency for a euro.
    scale: minor units in one unit. region_of: region of each customer [CUSTOMERS].
    """

    fields: list[str]
    per_euro: Floats
    scale: Integers
    region_of: Integers
    channel_cdf: Floats

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Integers, Integers]:
        """Customers and wallets [count] each; a few customers place most of the bets."""
        customers = (rng.random(count) ** 3 * CUSTOMERS).astype(np.int64)
        channels = np.searchsorted(self.channel_cdf, rng.random(count), side="right")
        return customers, self.region_of[customers] * len(CHANNELS) + channels


def make_wallets(rng: np.random.Generator, base_currency: str) -> Wallets:
    """The wallets, with each customer put in a region by `rng`."""
    rates = rates_to(base_currency)
    fields, per_euro, scale = [], [], []
    for region, currency, _ in REGIONS:
        fx_rate = "" if currency == base_currency else f'"fx_rate":{rates[currency]:f},'
        for channel, _ in CHANNELS:
            fields.append(
                f'"channel":"{channel}","region":"{region}","currency":"{currency}",{fx_rate}'
            )
            per_euro.append(float(PER_EURO[currency]))
            scale.append(10 ** minor_units(currency))
    shares = np.array([share for _, _, share in REGIONS])
    channel_cdf = np.cumsum([share for _, share in CHANNELS])
    return Wallets(
        fields=fields,
        per_euro=np.array(per_euro),
        scale=np.array(scale, dtype=np.int64),
        region_of=rng.choice(len(REGIONS), size=CUSTOMERS, p=shares / shares.sum()),
        # The last stays out: rounding in the sum must not leave a gap below 1.
        channel_cdf=channel_cdf[:-1],
    )
