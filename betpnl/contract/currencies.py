"""Minor units of the world's currencies: how many decimals an amount of each may have."""

from iso4217 import Currency as _Iso4217

# Codes without an exponent (gold, test codes) are no money, and nobody quotes in the two
# accounting units with four decimals.
_EXPONENTS_USED = (0, 2, 3)

MINOR_UNITS: dict[str, int] = {
    currency.code: currency.exponent
    for currency in _Iso4217
    if currency.exponent in _EXPONENTS_USED
}


def minor_units(currency: str) -> int:
    """Decimals of a currency's smallest unit: 2 for EUR, 0 for JPY, 3 for KWD.

    Raises KeyError for a code that ISO 4217 does not list as money.
    """
    return MINOR_UNITS[currency]
