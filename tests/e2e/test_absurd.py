"""Whatever comes in: it is counted, or it is a reject with its reason, and the job lives on."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.world import ON_BATCHED_WORLD, World, bet, leg, result
from tests.waiting import until

pytestmark = ON_BATCHED_WORLD


def _without(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def _raw(text: str) -> bytes:
    return text.encode()


BAD: dict[str, bytes | dict[str, Any] | None] = {
    "nothing at all": None,
    "an empty message": b"",
    "not JSON": b"hello",
    "not UTF-8": b'{"bet_id": "\xff\xfe"}',
    "half of a record": json.dumps(bet("half"))[:100].encode(),
    "two records": json.dumps(bet("two")).encode() * 2,
    "a list": json.dumps([bet("list")]).encode(),
    "null": b"null",
    "a lone surrogate": _raw(json.dumps(bet("x")).replace('"x"', '"\\ud800"')),
    "a NUL in an id": bet("a\x00b"),
    "deep nesting": b'{"bet_id": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "no bet_id": _without(bet("x"), "bet_id"),
    "no stake": _without(bet("no-stake"), "stake"),
    "no legs": bet("no-legs", legs=[]),
    "an id of 10,000 characters": bet("x" * 10_000),
    "a version that is none": bet("version", version="one"),
    "a version below 0": bet("negative", version=-1),
    "a version past 64 bits": bet("huge", version=2**70),
    "an unknown status": bet("status", status="maybe"),
    "stake 0": bet("zero", stake=0),
    "stake below 0": bet("minus", stake=-5),
    "stake with 3 decimals": bet("cents", stake=1.005),
    "stake of half a yen": bet("yen", currency="JPY", fx_rate=0.006, stake=0.5),
    "stake NaN": _raw(json.dumps(bet("nan", stake=float("nan")))),
    "stake 'NaN'": bet("nan-text", stake="NaN"),
    "stake Infinity": _raw(json.dumps(bet("inf", stake=float("inf")))),
    "stake 1e400": _raw(json.dumps(bet("e400", stake=7)).replace(": 7", ": 1e400")),
    "odds 1": bet("odds-1", legs=[leg("absurd", odds=1)]),
    "odds 0.5": bet("odds-half", legs=[leg("absurd", odds=0.5)]),
    "odds of a million": bet("odds-million", legs=[leg("absurd", odds=1_000_000)]),
    "odds with 9 decimals": bet("odds-9", legs=[leg("absurd", odds=2.123456789)]),
    "an unknown currency": bet("currency", currency="XYZ", fx_rate=1),
    "a currency in small letters": bet("small", currency="eur"),
    "a signalling NaN": bet("snan", fx_rate="sNaN"),
    "fx_rate 0": bet("rate-0", currency="USD", fx_rate=0),
    "the year 9999": bet("9999", accepted_at="9999-12-31T23:59:59.999Z"),
    "the year 1": bet("year-1", accepted_at="0001-01-01T00:00:00Z"),
    "two years ago": bet("old", accepted_at="2024-01-01T00:00:00Z"),
    "a date without a zone": bet("no-zone", accepted_at="2026-11-01T12:00:00"),
    "the 30th of February": bet("feb", accepted_at="2026-02-30T12:00:00Z"),
    "a line that is not canonical": bet("line", legs=[leg("absurd", line="2.50")]),
    "legs out of order": bet("order", legs=[leg("absurd", number=2)]),
    "a single with two legs": bet("two-legs", legs=[leg("a", 1), leg("b", 2)]),
    "an accumulator with one": bet("one-leg", bet_type="accumulator"),
    "a cash-out above the stake": bet("above", cash_out={"fraction": 1.5, "amount": 1}),
    "a zero that is a very long number": bet(
        "zero", cash_out={"fraction": "0E-99999999999", "amount": "0E-99999999999"}
    ),
    "zeros without end": bet("zeros", stake="10." + "0" * 500_000),
    "a cash-out below 0": bet("below", cash_out={"fraction": 0.5, "amount": -1}),
    "a payout past all bounds": bet("payout", stake=999_999_999, legs=[leg("absurd", odds=99_999)]),
    "a system": bet("system", bet_type="system", system={"sizes": [2]}),
    "a place at twice the odds": bet("each", bet_type="each_way", each_way={"fraction": 2}),
    "a bet builder": bet("builder", bet_type="bet_builder"),
    "about the largest record that the broker takes": b"[" + b"1," * 500_000 + b"1]",
}


def _rejects(world: World, topic: str) -> int:
    return int(world.row("SELECT COUNT(*) FROM bet_reject WHERE topic = %s", topic)[0])


def test_bad_bets_are_rejected_one_by_one_with_a_reason(world: World) -> None:
    before = _rejects(world, "bets")

    for name, record in BAD.items():
        world.send("bets", record, key=name)

    until(
        lambda: _rejects(world, "bets") == before + len(BAD),
        lambda: f"{_rejects(world, 'bets') - before} of {len(BAD)} rejected",
    )
    reasons = [reason for (reason,) in world.rows("SELECT reason FROM bet_reject")]
    assert all(len(reason) > 10 for reason in reasons)
    for part in ("not in ISO 4217", "must be above 0", "at least two", "at most 2 decimals"):
        assert any(part in reason for reason in reasons), part


def test_bad_results_odds_and_games_are_rejected(world: World) -> None:
    price = {
        "game_id": "absurd",
        "market": "m",
        "version": 1,
        "at": "2026-11-01T00:00:00Z",
        "prices": {"home": 1},
    }
    bad: dict[str, list[Any]] = {
        "results": [b"{", result("absurd", "maybe"), result("absurd", None), result("x" * 65)],
        "odds": [b"", price, {**price, "prices": {"home": "NaN"}}, {**price, "at": "now"}],
        "games": [b"\x00", {"game_id": "g", "version": 1}, {"game_id": "", "sport": "s"}],
        "market_cancels": [b"?", {"game_id": "g", "market": "m", "version": -1}],
        "fx_rates": [b"?"],
    }
    before = {topic: _rejects(world, topic) for topic in bad}

    for topic, records in bad.items():
        world.send(topic, *records, key="key")

    for topic, records in bad.items():
        wanted = before[topic] + len(records)
        until(lambda t=topic, n=wanted: _rejects(world, t) == n, f"{topic}: not all rejected")


def test_ids_that_differ_only_in_case_or_accent_are_different(world: World) -> None:
    for name in ("case", "CASE", "cäse", "case "):
        world.send("bets", bet(name, name))

    until(
        lambda: (
            world.row(
                "SELECT COUNT(*) FROM game_pnl WHERE game_id IN ('case', 'CASE', 'cäse', 'case ')"
                " AND bets = 1"
            )
            == (4,)
        ),
        "four ids are not four games",
    )


def test_the_bounds_themselves_are_taken(world: World) -> None:
    longest = "€" * 64
    names = {str(number) * 60: 1.5 + number for number in range(10, 40)}
    # With 30 legs of 128 selections, some 290 kB.
    broad = {"home": 1.05, **{f"{number:064}": 200.0 + number for number in range(127)}}
    world.send(
        "bets",
        bet(longest, longest, customer_id=longest, channel=longest, region=longest),
        bet("smallest", "bounds", currency="KWD", fx_rate=0.0000000001, stake=0.001),
        bet("largest", "bounds", stake=1_000_000_000, legs=[leg("bounds", odds=10_000)]),
        bet("longest-odds", "bounds", stake=0.01, legs=[leg("bounds", odds=100_000)]),
        bet("closest-odds", "bounds", legs=[leg("bounds", odds=1.0001)]),
        bet("version", "bounds", version=2**62),
        # Rounded twice, which 39 digits would need, it would be a cent more.
        bet(
            "twice-rounded",
            "bounds",
            currency="KWD",
            fx_rate=0.1000000001,
            stake=0.405,
            cash_out={"fraction": 0.12345679, "amount": 0},
        ),
        bet(
            "broadest",
            bet_type="accumulator",
            legs=[
                leg(f"broadest-{number}", number, odds=1.05, market_odds=broad)
                for number in range(1, 31)
            ],
        ),
        bet(
            "most-generous-markets",
            bet_type="accumulator",
            legs=[
                leg(f"generous-{number}", number, market_odds={"home": 4.0, "away": 4.0})
                for number in range(1, 7)
            ],
        ),
        bet("many", legs=[leg("bounds", selection="s", market_odds={"s": 2.0, **names})]),
        bet(
            "thirty",
            bet_type="accumulator",
            legs=[leg(f"thirty-{number}", number, odds=1.05) for number in range(1, 31)],
        ),
    )

    until(
        lambda: (
            world.row(
                "SELECT COUNT(*) FROM bet WHERE bet_id IN (%s, 'thirty', 'broadest')", longest
            )
            == (3,)
        ),
        "the largest records are not there",
    )
    until(
        lambda: world.rows("SELECT handle FROM bet WHERE bet_id = 'largest'") == [(1_000_000_000,)],
        "the largest stake is not there",
    )


def test_markets_that_the_model_cannot_use_take_the_fallback(world: World) -> None:
    odd: list[Any] = [
        {"away": 2.0},
        {"home": 2.35},
        {"home": 1.0, "away": 2.0},
        {"home": -3.0, "away": 2.0},
        {"home": 1e300, "away": 1e300},
        {"home": 1.01, "away": 1.01, "draw": 1.01, "x": 1.01},
    ]
    world.send(
        "bets",
        *(
            bet(f"odd-{number}", legs=[leg("odd-game", market_odds=market)])
            for number, market in enumerate(odd)
        ),
    )

    until(
        lambda: (
            world.row(
                "SELECT COUNT(*) FROM bet WHERE bet_id LIKE 'odd-_' AND model_version = 'fallback'"
                " AND p_win > 0 AND p_win < 1"
            )
            == (len(odd),)
        ),
        "not all took the fallback",
    )


def test_after_all_this_the_audit_is_clean_and_the_job_never_fell(world: World) -> None:
    world.verify()

    assert world.restarts() == 0
