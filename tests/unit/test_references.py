"""Rates by time and cancelled markets: the same in the end, whatever came first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.contract.records import Adjustment, Bet, EachWay, FxRate, Leg, MarketCancel
from betpnl.references import resolve
from betpnl.references.resolve import References

START = datetime(2026, 11, 1, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def rate(minute: int, worth: int, version: int = 1, currency: str = "GBP") -> FxRate:
    return FxRate(currency=currency, version=version, rate=Decimal(worth), valid_from=at(minute))


def cancel(
    begins: float | None = None, ends: float | None = None, version: int = 1, **changes: Any
) -> MarketCancel:
    record = MarketCancel(
        game_id="g",
        market="m",
        version=version,
        from_=None if begins is None else at(begins),
        to=None if ends is None else at(ends),
    )
    return msgspec.structs.replace(record, **changes)


def leg(market: str = "m", number: int = 1) -> Leg:
    return Leg(leg=number, game_id="g", sport="s", market=market, selection="x", odds=Decimal(2))


def bet(minute: float = 5, **changes: Any) -> Bet:
    record = Bet(
        bet_id="b",
        version=1,
        status="accepted",
        accepted_at=at(minute),
        currency="GBP",
        stake=Decimal(10),
        legs=[leg()],
    )
    return msgspec.structs.replace(record, **changes)


def known(*records: FxRate | MarketCancel) -> References:
    references = References("EUR")
    references.add_all(records)
    return references


def told(references: References, record: Bet) -> tuple[str, Decimal]:
    resolved = references.resolve(record)
    return resolve.status_of(resolved), resolve.rate_of(resolved)


@pytest.mark.parametrize(
    ("minute", "status", "worth"),
    [(-1, "waiting", 0), (0, "accepted", 2), (9.99, "accepted", 2), (10, "accepted", 3)],
)
def test_a_rate_is_valid_from_its_moment_until_the_next(
    minute: float, status: str, worth: int
) -> None:
    references = known(rate(10, 3), rate(0, 2), rate(0, 9, currency="USD"))

    assert told(references, bet(minute)) == (status, worth)


def test_a_rate_that_the_bet_brings_is_its_own() -> None:
    assert told(known(rate(0, 2)), bet(fx_rate=Decimal("1.5"))) == ("accepted", Decimal("1.5"))
    assert told(known(), bet(currency="EUR")) == ("accepted", 1)


def test_a_rejected_bet_waits_for_nothing() -> None:
    assert told(known(), bet(status="rejected")) == ("rejected", 0)


def test_a_rate_that_no_column_could_hold_the_payout_of_is_not_taken() -> None:
    rich = bet(
        stake=Decimal(900_000_000), legs=[msgspec.structs.replace(leg(), odds=Decimal(9_000))]
    )

    assert told(known(rate(0, 999_999)), rich) == ("waiting", 0)
    assert told(known(rate(0, 1)), rich) == ("accepted", 1)


@pytest.mark.parametrize(
    ("begins", "ends", "hit"),
    [
        (None, None, True),
        (5, None, True),
        (5.01, None, False),
        (None, 5, False),
        (None, 5.01, True),
        (6, 7, False),
        (5, 5, False),
    ],
)
def test_a_cancel_hits_what_was_accepted_in_its_period(
    begins: float | None, ends: float | None, hit: bool
) -> None:
    references = known(rate(0, 2), cancel(begins, ends))

    assert told(references, bet()) == ("cancelled" if hit else "accepted", 2)


def test_one_leg_is_enough_and_a_place_is_one() -> None:
    double = bet(bet_type="accumulator", legs=[leg("other"), leg("m", 2)])
    each_way = bet(
        bet_type="each_way", legs=[leg("win")], each_way=EachWay(fraction=Decimal(1), market="m")
    )
    references = known(rate(0, 2), cancel())

    assert told(references, double)[0] == "cancelled"
    assert told(references, each_way)[0] == "cancelled"
    assert told(references, bet(legs=[leg("other")]))[0] == "accepted"


def test_what_betpnl_itself_said_is_taken_at_its_word() -> None:
    said = Adjustment(number=3, cancelled=False, fx_rate=Decimal(7))

    assert told(known(rate(0, 2), cancel()), bet(adjustment=said)) == ("accepted", 7)


RECORDS = st.lists(
    st.one_of(
        st.builds(rate, st.integers(0, 9), st.integers(1, 9), st.integers(1, 3)),
        st.builds(
            cancel,
            st.none() | st.integers(0, 9),
            st.none() | st.integers(0, 9),
            st.integers(1, 3),
            status=st.sampled_from(["cancelled", "rolled_back"]),
        ),
    ),
    max_size=12,
    unique_by=lambda each: (
        (each.valid_from, each.version) if isinstance(each, FxRate) else each.version
    ),
)


@given(RECORDS, st.randoms(), st.integers(0, 10))
def test_the_order_of_arrival_does_not_matter(
    records: list[FxRate | MarketCancel], random: Any, minute: int
) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)

    assert told(known(*records), bet(minute)) == told(known(*shuffled), bet(minute))


@given(RECORDS, st.integers(0, 10), st.integers(0, 5), st.booleans())
def test_in_the_end_only_the_newest_word_counts(
    records: list[FxRate | MarketCancel], minute: int, number: int, cancelled: bool
) -> None:
    references = known(*records)
    plain = bet(minute)
    said = bet(minute, adjustment=Adjustment(number=number, cancelled=cancelled))
    truth = references.truth(said)

    assert told(references, plain) == (resolve.status_of(truth), resolve.rate_of(truth))
    assert resolve.number_of(truth) == number
