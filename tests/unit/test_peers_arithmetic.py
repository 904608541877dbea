"""What the peers of bench/peers/ make of bets, held against the audit's own arithmetic."""

import importlib
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from betpnl.bet_money import money_of, stake_of
from betpnl.bet_scoring import BetScore, score_bets
from betpnl.contract.records import Bet
from betpnl.contract.topics import BETS
from betpnl.games import load_games
from betpnl.model.outcome import OutcomeModel
from betpnl.references import resolve
from betpnl.references.resolve import References
from betpnl.replay import Mix, Options, plan
from betpnl.ticket_making import is_single, ticket_margin, ticket_of
from betpnl.verify.book import Book
from betpnl.verify.tables import Rows
from betpnl.verify.valuation import Score, bet_row, value_of
from tests.unit.contract_records import ACCUMULATOR, ARRIVED_MS, BET, READERS, RULES

PEERS = Path(__file__).resolve().parents[2] / "bench" / "peers"
MODEL = OutcomeModel(Path("models/outcome.onnx"))
REFERENCES = References(RULES.base_currency)
CASHED_OUT = {"status": "cashed_out", "cash_out": {"fraction": 0.3, "amount": 2.99}}
KINDS = {
    "single": BET,
    "free": {**BET, "stake_type": "free"},
    "bonus": {**BET, "stake_type": "bonus"},
    "partly cashed out": {**BET, **CASHED_OUT},
    "bonus cashed out": {**BET, **CASHED_OUT, "stake_type": "bonus"},
    "rejected": {**BET, "status": "rejected"},
    "of no cents": {**BET, "currency": "JPY", "fx_rate": 0.0061, "stake": 1001},
    "rate unknown": {**BET, "fx_rate": None},
    "accumulator": ACCUMULATOR,
    "accumulator cashed out": {**ACCUMULATOR, **CASHED_OUT},
    "each way": {
        **BET,
        "bet_type": "each_way",
        "each_way": {"market": "place", "fraction": 0.25},
    },
}


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PEERS)
    return importlib.import_module("common")


@pytest.fixture
def floor(common: ModuleType) -> ModuleType:  # noqa: ARG001 (puts bench/peers/ on the path)
    return importlib.import_module("floor")


def stored_score(bet: Bet, scored: BetScore) -> Score:
    """What MySQL would hold of the model's word on a bet."""
    chances = scored.chances()
    if is_single(bet):
        ((probability, predicted, margin),) = chances
        return Score(probability, MODEL.version, predicted, margin)
    ticket = ticket_of(bet, stake_of(bet), money_of(bet, 2), chances, scored.joint)
    legs = [(leg.probability, leg.predicted) for leg in ticket.legs]
    predicted = all(leg.predicted for leg in ticket.legs)
    margin = ticket_margin(chances)
    return Score(ticket.probability, MODEL.version, predicted, margin, legs)


def audited(bets: Sequence[Bet]) -> dict[str, Rows]:
    """The rows that the audit expects of bets, each the newest version of one."""
    book, rows = Book([], 2, REFERENCES), {}
    for bet, scored in zip(bets, score_bets(MODEL, bets), strict=True):
        score = stored_score(bet, scored)
        value = value_of(bet, score, 2)
        rows[bet.bet_id,] = bet_row(bet, score, value)
        book.post(bet, score, value)
    return {"bet": rows, **book.tables()}


def plain(row: Sequence[Any]) -> list[Any]:
    """A row with its numbers as numbers, however they are written."""
    return [number(value) for value in row]


def number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


def by_key(rows: Sequence[Sequence[Any]], keys: int) -> dict[tuple[Any, ...], list[Any]]:
    return {tuple(row[:keys]): plain(row) for row in rows}


def written(floor: ModuleType, book: Any) -> dict[str, dict[tuple[Any, ...], list[Any]]]:
    return {table: by_key(book.take_changed(table), keys) for table, keys in floor.KEYS.items()}


def versions(record: dict[str, Any], *changes: dict[str, Any]) -> list[bytes]:
    return [
        msgspec.json.encode({**record, "version": number, **change})
        for number, change in enumerate(({}, *changes), start=1)
    ]


def valued(common: ModuleType, messages: Sequence[bytes], arrived_ms: int = ARRIVED_MS) -> Any:
    valuer = common.Valuer(RULES, lambda: MODEL, REFERENCES)
    found = valuer.valued((message, arrived_ms) for message in messages)
    assert valuer.rejects == 0
    return found


@pytest.mark.parametrize("record", KINDS.values(), ids=KINDS.keys())
def test_a_bet_puts_on_each_row_what_the_audit_expects(
    common: ModuleType, floor: ModuleType, record: dict[str, Any]
) -> None:
    message = msgspec.json.encode(record)
    bet = REFERENCES.resolve(READERS[BETS.name].read(message, ARRIVED_MS))
    expected = audited([bet])
    book = floor.Book()

    book.take(valued(common, [message]))

    for table, rows in written(floor, book).items():
        assert rows == {key: plain(row) for key, row in expected[table].items()}, table


@pytest.mark.parametrize(
    "change",
    [{"stake": 7.77}, {"status": "cancelled"}, {"legs": [{**BET["legs"][0], "game_id": "g9"}]}],
    ids=["another stake", "cancelled", "another game"],
)
@pytest.mark.parametrize("apart", [True, False], ids=["apart", "in one batch"])
def test_a_newer_version_takes_back_the_older_one(
    common: ModuleType, floor: ModuleType, change: dict[str, Any], apart: bool
) -> None:
    old, new = valued(common, versions(BET, change))
    corrected, fresh = floor.Book(), floor.Book()

    for batch in ([old], [new]) if apart else ([old, new],):
        corrected.take(batch)
    fresh.take([new])

    rows, wanted = written(floor, corrected), written(floor, fresh)
    for table, keys in floor.KEYS.items():
        kept = {key: rows[table][key] for key in wanted[table]}
        assert kept == wanted[table]
        # A row that nothing is left of says zero: it is never deleted.
        gone = [row[keys:] for key, row in rows[table].items() if key not in wanted[table]]
        assert not any(any(row) for row in gone)


def test_an_older_version_or_the_same_again_changes_nothing(
    common: ModuleType, floor: ModuleType
) -> None:
    old, new = valued(common, versions(BET, {"stake": 7.77}))
    book = floor.Book()
    book.take([new])
    written(floor, book)

    book.take([old, new])

    assert not any(written(floor, book).values())


def test_what_a_cancel_changes_sums_to_zero(common: ModuleType) -> None:
    placed, cancelled = valued(common, versions(ACCUMULATOR, {"status": "cancelled"}))

    taken_back = common.changes(placed.parts, cancelled.parts)

    assert len(taken_back) == len({(part.table, part.key) for part in placed.parts})
    assert common.added([*placed.parts, *taken_back]) == common.added(cancelled.parts)
    assert all(amount == 0 for part in cancelled.parts for amount in part.amounts)
    assert any(amount < 0 for part in taken_back for amount in part.amounts)


def test_sums_over_a_replay_are_the_audits(common: ModuleType, floor: ModuleType) -> None:
    """Tickets, corrections, cancels, cash-outs, duplicates and late versions, as they come."""
    mix = Mix(cancelled=0.1, amended=0.1, cashed_part=0.1, cashed_full=0.1, late=0.1)
    origin = datetime(2026, 1, 5, tzinfo=UTC)
    options = Options(seed=3, rate=100, games=5, game_s=5, seconds=5, mix=mix)
    messages = [each.value for each in plan(options, load_games(), origin) if each.topic is BETS]
    arrived_ms = int(origin.timestamp() * 1000) + 120_000
    newest: dict[str, Bet] = {}
    for message in messages:
        bet = REFERENCES.resolve(READERS[BETS.name].read(message, arrived_ms))
        known = newest.get(bet.bet_id)
        if known is None or bet.version > known.version:
            newest[bet.bet_id] = bet
    expected = audited(list(newest.values()))
    book = floor.Book()

    for start in range(0, len(messages), 50):
        book.take(valued(common, messages[start : start + 50], arrived_ms))

    assert len(messages) > len(newest)
    assert any(resolve.status_of(bet) == "cancelled" for bet in newest.values())
    for table, rows in written(floor, book).items():
        wanted = {key: plain(row) for key, row in expected[table].items()}
        assert {key: rows[key] for key in wanted} == wanted, table


def test_amounts_are_written_to_four_decimals(common: ModuleType) -> None:
    amounts = (3, -1, 12_345, -5, 0, 0)
    assert common.sum_row(common.SELECTION, ("g", "m", "", "s"), amounts) == (
        "g", "m", "", "s", 3, "-0.0001", "1.2345", "-0.0005", "0.0000", "0.0000",
    )  # fmt: skip
