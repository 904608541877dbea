from decimal import Decimal

import numpy as np
import pytest

from betpnl.contract.currencies import minor_units
from betpnl.errors import UserError
from betpnl.replay.stakes import STAKE_MAX, STAKE_QUANTILES, draw_stakes, to_minor_units
from betpnl.replay.wallets import CHANNELS, PER_EURO, REGIONS, make_wallets, rates_to


@pytest.mark.parametrize(("share", "stake"), STAKE_QUANTILES)
def test_stakes_have_the_quantiles_of_real_ones(share: float, stake: float) -> None:
    stakes = draw_stakes(np.random.default_rng(1), 400_000)

    assert np.quantile(stakes, share) == pytest.approx(stake, rel=0.03)


def test_stakes_are_positive_and_bounded() -> None:
    stakes = draw_stakes(np.random.default_rng(2), 400_000)

    assert stakes.min() > 0
    assert stakes.max() <= STAKE_MAX


def test_amounts_are_whole_minor_units_and_at_least_one() -> None:
    minor = to_minor_units(
        np.array([6.7, 0.001, 10.0]), np.array([0.846, 172.0, 0.328]), np.array([100, 1, 1000])
    )

    assert minor.tolist() == [567, 1, 3280]


def test_rates_are_units_of_the_base_currency() -> None:
    rates = rates_to("EUR")

    assert rates["EUR"] == 1
    assert rates["USD"] == Decimal("0.93457944")
    assert rates_to("GBP")["EUR"] == Decimal("0.84600000")
    assert set(rates) == set(PER_EURO) == {currency for _, currency, _ in REGIONS}


def test_a_base_currency_without_a_rate_is_named() -> None:
    with pytest.raises(UserError, match="base_currency CHF"):
        rates_to("CHF")


def test_every_region_and_channel_has_customers() -> None:
    wallets = make_wallets(np.random.default_rng(3), "EUR")
    _, drawn = wallets.draw(np.random.default_rng(4), 100_000)

    assert set(drawn.tolist()) == set(range(len(REGIONS) * len(CHANNELS)))
    for (_, currency, _), scale in zip(
        REGIONS, wallets.scale[:: len(CHANNELS)].tolist(), strict=True
    ):
        assert scale == 10 ** minor_units(currency)


def test_a_customer_keeps_to_one_region() -> None:
    wallets = make_wallets(np.random.default_rng(3), "EUR")
    customers, drawn = wallets.draw(np.random.default_rng(4), 50_000)

    regions: dict[int, int] = {}
    for customer, region in zip(customers.tolist(), (drawn // len(CHANNELS)).tolist(), strict=True):
        assert regions.setdefault(customer, region) == region
