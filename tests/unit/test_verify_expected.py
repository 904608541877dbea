"""What every table must say, worked out by hand for small logs."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.contract.checks import Rules
from betpnl.verify.expected import expected_tables
from betpnl.verify.history import Account, History, Message
from betpnl.verify.tables import TABLES as ALL
from betpnl.verify.tables import VIEWS, Key, Rows, Table
from betpnl.verify.valuation import Score

D = Decimal
Json = dict[str, Any]

RULES = Rules("EUR", bet_horizon_ms=400 * 86_400_000, accepted_ahead_ms=300_000)
ARRIVED_MS = int(datetime(2024, 5, 1, 12, 0, 30, tzinfo=UTC).timestamp() * 1000)
BY_NAME: Mapping[str, Table] = {table.name: table for table in (*ALL, *VIEWS)}
P_40 = Score(D("0.40000000"), "m1", True, D("0.05000000"))


class Log:
    """A log that is written as a test goes along, all in partition 0."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.scores: dict[tuple[str, int], Score] = {}

    def raw(self, topic: str, value: bytes | None, arrived_ms: int = ARRIVED_MS) -> None:
        offset = sum(message.topic == topic for message in self.messages)
        self.messages.append(Message(topic, 0, offset, arrived_ms, value))

    def bet(self, bet_id: str = "b1", score: Score = P_40, **fields: Any) -> None:
        leg_count = fields.pop("leg_count", 1)
        legs = fields.pop("legs", [leg(number) for number in range(1, leg_count + 1)])
        record = {
            "bet_id": bet_id,
            "version": 1,
            "status": "accepted",
            "accepted_at": "2024-05-01T12:00:07.500Z",
            "currency": "USD",
            "fx_rate": 1.08,
            "stake": 10,
            "bet_type": "single" if len(legs) == 1 else "accumulator",
            "legs": legs,
            **fields,
        }
        self.raw("bets", json.dumps(record).encode())
        # One leg as likely as the ticket, the others certain: their product is the ticket's.
        first, certain = (score.p_win, score.predicted_win), (D(1), score.predicted_win)
        several = (first, *[certain] * (len(legs) - 1)) if len(legs) > 1 else ()
        self.scores[bet_id, 1] = score._replace(legs=several)

    def result(self, game: int = 1, result: str | None = "win", **fields: Any) -> None:
        record = {
            "game_id": f"g{game}",
            "market": "winner",
            "selection": "home",
            "version": 1,
            "result": result,
            "settled_at": "2024-05-01T14:00:00Z",
            **fields,
        }
        self.raw("results", json.dumps(record).encode())

    def tables(self) -> dict[str, Rows]:
        return expected_tables(self.messages, self.scores, RULES)

    def row(self, table: str, *key: Any) -> Json:
        return named(table, self.tables()[table][key])

    def keys(self, table: str) -> set[Key]:
        return set(self.tables()[table])

    def accounts(self) -> dict[str, Account]:
        history = History(RULES)
        history.add_all(self.messages)
        return history.accounts()


def leg(number: int = 1, **fields: Any) -> Json:
    return {
        "leg": number,
        "game_id": f"g{number}",
        "sport": "football",
        "market": "winner",
        "selection": "home",
        "odds": 2.35,
        **fields,
    }


def named(table: str, row: Iterable[Any]) -> Json:
    return dict(zip(BY_NAME[table].columns, row, strict=True))


def part(row: Json, *columns: str) -> tuple[Any, ...]:
    return tuple(row[column] for column in columns)


@pytest.fixture
def log() -> Log:
    return Log()


def test_the_worked_single_stands_in_every_table(log: Log) -> None:
    log.bet()
    bet = log.row("bet", "b1")
    assert part(bet, "handle", "payout_win", "payout_half_win", "payout_half_lose") == (
        D("10.80"),
        D("25.38"),
        D("18.09"),
        D("5.40"),
    )
    assert part(bet, "expected_payout", "expected_pnl", "predicted_pnl", "theoretical_pnl") == (
        D("10.1520"),
        D("0.6480"),
        D("-14.58"),
        D("0.5400"),
    )
    assert bet["accepted_at"] == "2024-05-01 12:00:07.500"
    assert json.loads(bet["legs"])[0]["odds"] == 2.35
    placed = log.row("game_placed", "g1")
    assert part(placed, "bets", "riding_bets", "handle", "expected_pnl") == (
        1,
        1,
        D("10.80"),
        D("0.6480"),
    )
    assert log.keys("game_minute") == {("g1", "2024-05-01 12:00:00.000")}
    assert log.keys("sport_second") == {("football", "2024-05-01 12:00:07.000")}
    book = log.row("selection_book", "g1", "winner", "", "home")
    assert part(book, "bets", "handle_riding", "payout_win") == (1, D("10.80"), D("25.38"))
    assert log.keys("game_settled") == set()
    pnl = log.row("game_pnl", "g1")
    assert part(pnl, "realised_pnl", "open_expected_pnl", "total_pnl") == (
        0,
        D("0.6480"),
        D("0.6480"),
    )


@pytest.mark.parametrize(
    ("result", "payout", "realised"),
    [
        ("win", "25.38", "-14.58"),
        ("lose", "0", "10.80"),
        ("half_win", "18.09", "-7.29"),
        ("half_lose", "5.40", "5.40"),
        ("void", "10.80", "0"),
        ("push", "10.80", "0"),
    ],
)
def test_a_result_settles_the_game(log: Log, result: str, payout: str, realised: str) -> None:
    log.bet()
    log.result(result=result)
    settled = log.row("game_settled", "g1")
    assert part(settled, "bets", "handle", "payout") == (1, D("10.80"), D(payout))
    pnl = log.row("game_pnl", "g1")
    assert part(pnl, "open_bets", "open_handle", "realised_pnl", "open_expected_pnl") == (
        0,
        0,
        D(realised),
        0,
    )
    assert pnl["total_pnl"] == D(realised)


def test_the_same_version_twice_counts_once_and_the_first_stands(log: Log) -> None:
    log.bet(stake=10)
    log.bet(stake=99)
    log.scores["b1", 2] = P_40
    assert log.row("bet", "b1")["stake"] == 10
    assert log.row("game_placed", "g1")["bets"] == 1
    assert log.row("bet_version", "b1", 2)["stake"] == 99
    account = log.accounts()["bets"]
    assert (account.newest, account.older, account.repeated) == (1, 0, 1)


def test_a_late_older_version_changes_nothing_but_the_history(log: Log) -> None:
    log.bet(version=5, stake=10)
    before = log.tables()
    log.bet(version=3, stake=99)
    after = log.tables()
    assert {name for name in after if after[name] != before[name]} == {"bet_version"}
    assert log.row("bet_version", "b1", 2)["version"] == 3
    assert log.accounts()["bets"].older == 1


def test_versions_stand_in_order_of_age_whatever_the_order_they_came_in(log: Log) -> None:
    for version in (3, 1, 5, 3, 4):
        log.bet(version=version, stake=version)
    rows = log.tables()["bet_version"]
    assert [(key[1], row[2]) for key, row in sorted(rows.items())] == [
        (2, 4),
        (3, 3),
        (4, 3),
        (5, 1),
    ]
    assert log.row("bet", "b1")["version"] == 5
    account = log.accounts()["bets"]
    assert (account.newest, account.older, account.repeated) == (1, 3, 1)


def test_a_hundred_versions_are_kept(log: Log) -> None:
    for version in range(150):
        log.bet(version=version)
    ages = {key[1] for key in log.keys("bet_version")}
    assert ages == set(range(2, 101))
    assert log.accounts()["bets"].older == 149


@pytest.mark.parametrize("status", ["cancelled", "rejected"])
def test_a_bet_taken_back_keeps_its_groups_with_zeros(log: Log, status: str) -> None:
    log.bet()
    log.result(result="win")
    log.bet(version=2, status=status)
    bet = log.row("bet", "b1")
    assert part(bet, "status", "handle", "payout_win", "expected_pnl", "theoretical_pnl") == (
        status,
        0,
        0,
        0,
        0,
    )
    assert bet["p_win"] == D("0.4")
    placed = log.row("game_placed", "g1")
    assert part(placed, "bets", "riding_bets", "handle", "expected_pnl") == (0, 0, 0, 0)
    assert log.row("selection_book", "g1", "winner", "", "home")["bets"] == 0
    assert log.row("game_settled", "g1")["payout"] == 0
    assert log.row("game_pnl", "g1")["total_pnl"] == 0


def test_a_game_whose_only_bet_moves_to_another_has_no_row(log: Log) -> None:
    log.bet()
    log.bet(version=2, legs=[leg(1, game_id="g9")])
    assert log.keys("game_placed") == {("g9",)}
    assert log.keys("selection_book") == {("g9", "winner", "", "home")}
    assert log.keys("game_minute") == {("g9", "2024-05-01 12:00:00.000")}


def test_a_result_before_the_bet_settles_it(log: Log) -> None:
    log.result(result="lose")
    assert log.keys("game_settled") == set()
    log.bet()
    assert log.row("game_settled", "g1")["handle"] == D("10.80")


def test_a_rolled_back_result_keeps_its_row_and_settles_nothing(log: Log) -> None:
    log.bet()
    log.result(result="win")
    settled_once = log.tables()
    log.result(version=2, status="rolled_back", result=None)
    assert log.keys("game_settled") == set()
    row = log.row("selection_result", "g1", "winner", "", "home")
    assert part(row, "version", "status", "result") == (2, "rolled_back", None)
    assert log.row("game_pnl", "g1")["open_bets"] == 1
    log.result(version=3, result="win")
    again = log.tables()
    assert again["game_settled"] == settled_once["game_settled"]
    assert again["game_pnl"] == settled_once["game_pnl"]


def test_a_second_result_replaces_the_first(log: Log) -> None:
    log.bet()
    log.result(result="win")
    log.result(version=2, result="lose")
    log.result(version=1, result="void")
    assert log.row("game_settled", "g1")["payout"] == 0
    account = log.accounts()["results"]
    assert (account.newest, account.older, account.repeated) == (1, 1, 1)


def test_a_dead_heat_is_rounded_once_for_all_bets_on_the_selection(log: Log) -> None:
    for number in range(3):
        log.bet(f"b{number}", currency="EUR", fx_rate=None, stake="3.35", legs=[leg(odds=2)])
    log.result(dead_heat=[1, 3])
    # 3 x 6.70 / 3; bet by bet it would be 3 x 2.23 = 6.69.
    assert log.row("game_settled", "g1")["payout"] == D("6.70")
    row = log.row("selection_result", "g1", "winner", "", "home")
    assert part(row, "dead_heat_winners", "dead_heat_tied") == (1, 3)


def test_half_a_cash_out_is_realised_at_once_and_the_rest_rides(log: Log) -> None:
    log.bet(status="cashed_out", version=2, cash_out={"fraction": 0.5, "amount": 6})
    placed = log.row("game_placed", "g1")
    assert part(placed, "bets", "riding_bets", "handle", "handle_riding", "cash_out_pnl") == (
        1,
        1,
        D("10.80"),
        D("5.40"),
        D("-1.08"),
    )
    # 0.4 x 12.69 = 5.0760
    assert log.row("bet", "b1")["expected_pnl"] == D("5.40") - D("5.0760") - D("1.08")
    log.result(result="win")
    pnl = log.row("game_pnl", "g1")
    assert part(pnl, "settled_handle", "payout", "realised_pnl") == (
        D("5.40"),
        D("12.69"),
        D("5.40") - D("12.69") - D("1.08"),
    )


def test_a_bet_cashed_out_in_full_is_closed(log: Log) -> None:
    log.bet(status="cashed_out", version=2, cash_out={"fraction": 1, "amount": 12})
    log.result(result="win")
    book = log.row("selection_book", "g1", "winner", "", "home")
    assert part(book, "bets", "handle_riding", "payout_win") == (0, 0, 0)
    settled = log.row("game_settled", "g1")
    assert part(settled, "bets", "handle", "payout") == (0, 0, 0)
    pnl = log.row("game_pnl", "g1")
    assert part(pnl, "bets", "open_bets", "realised_pnl", "total_pnl") == (
        1,
        0,
        D("10.80") - D("12.96"),
        D("-2.16"),
    )


def test_a_free_bet_takes_no_handle_and_pays_its_winnings(log: Log) -> None:
    log.bet(stake_type="free")
    placed = log.row("game_placed", "g1")
    assert part(placed, "handle", "bonus_handle", "expected_pnl", "theoretical_pnl") == (
        0,
        D("10.80"),
        D("-5.8320"),
        0,
    )
    log.result(result="win")
    assert log.row("game_pnl", "g1")["realised_pnl"] == D("-14.58")


TICKET = {"currency": "EUR", "fx_rate": None, "stake": "10.01", "leg_count": 3}


def test_a_ticket_is_split_among_its_games_odd_cents_first(log: Log) -> None:
    log.bet(**TICKET)
    bet = log.row("bet", "b1")
    # 2.35^3 = 12.977875; x 10.01 = 129.90852875
    assert part(bet, "odds", "payout_win", "leg_count", "game_id", "selection") == (
        D("12.9779"),
        D("129.91"),
        3,
        "",
        "",
    )
    assert part(bet, "payout_half_win", "payout_half_lose") == (0, 0)
    # 0.4 x 129.91 = 51.9640 = 17.3214 + 17.3213 + 17.3213
    rows = [log.row("game_placed", f"g{number}") for number in (1, 2, 3)]
    assert [row["handle"] for row in rows] == [D("3.34"), D("3.34"), D("3.33")]
    assert [row["expected_payout"] for row in rows] == [D("17.3214"), D("17.3213"), D("17.3213")]
    # 129.91 = 43.31 + 43.30 + 43.30
    assert [row["predicted_pnl"] for row in rows] == [D("-39.97"), D("-39.96"), D("-39.97")]
    assert [row["theoretical_pnl"] for row in rows] == [D("0.1670"), D("0.1670"), D("0.1665")]
    assert [row["bets"] for row in rows] == [1, 1, 1]
    for column in ("handle", "expected_pnl", "predicted_pnl"):
        assert sum(row[column] for row in rows) == bet[column]
    second = log.row("sport_second", "football", "2024-05-01 12:00:07.000")
    assert part(second, "bets", "handle") == (1, D("10.01"))
    assert log.keys("selection_book") == set()


def test_a_ticket_counts_once_in_a_game_that_it_backs_twice(log: Log) -> None:
    log.bet(
        **{**TICKET, "leg_count": 1},
        legs=[leg(1), leg(2, game_id="g1", selection="away"), leg(3)],
    )
    placed = log.row("game_placed", "g1")
    assert part(placed, "bets", "riding_bets", "handle") == (1, 1, D("6.68"))
    assert log.row("game_placed", "g3")["bets"] == 1


def test_a_ticket_settles_when_its_last_leg_does(log: Log) -> None:
    log.bet(**TICKET)
    log.result(1)
    log.result(2, "void")
    assert log.keys("ticket_settled") == set()
    log.result(3, "half_win")
    # 10.01 x 2.35 x 1 x 1.675 = 39.40186...
    ticket = log.row("ticket_settled", "b1")
    assert part(ticket, "result", "handle", "payout", "expected_payout") == (
        "won",
        D("10.01"),
        D("39.40"),
        D("51.9640"),
    )
    rows = [log.row("game_ticket_settled", f"g{number}") for number in (1, 2, 3)]
    assert [row["payout"] for row in rows] == [D("13.14"), D("13.13"), D("13.13")]
    assert [row["handle"] for row in rows] == [D("3.34"), D("3.34"), D("3.33")]
    assert log.keys("game_settled") == set()
    assert log.row("game_pnl", "g1")["realised_pnl"] == D("3.34") - D("13.14")
    assert log.row("sport_pnl", "unknown")["total_pnl"] == D("10.01") - D("39.40")


def test_an_accumulator_hangs_on_each_leg_until_that_has_its_result(log: Log) -> None:
    log.bet(**TICKET)
    rows = [log.row("selection_ticket", f"g{n}", "winner", "", "home") for n in (1, 2, 3)]
    # 51.9640 at 0.4 and at certain: 129.9100 and 51.9640 if that leg wins.
    assert [row["product_payout"] for row in rows] == [D("51.9640")] * 3
    assert [row["swing"] for row in rows] == [D("129.9100"), D("51.9640"), D("51.9640")]

    log.result(1)

    gone = [log.row("selection_ticket_gone", f"g{n}", "winner", "", "home") for n in (1, 2, 3)]
    assert [row["product_payout"] for row in gone] == [D("51.9640"), D("-77.9460"), D("-77.9460")]
    assert [row["swing"] for row in gone] == [D("129.9100"), D("-77.9460"), D("-77.9460")]


def test_one_lost_leg_settles_a_ticket_at_once_and_undoing_it_opens_it(log: Log) -> None:
    log.bet(**TICKET)
    log.result(2, "lose")
    assert part(log.row("ticket_settled", "b1"), "result", "payout") == ("lost", 0)
    assert log.row("game_ticket_settled", "g3")["handle"] == D("3.33")
    log.result(2, None, version=2, status="rolled_back")
    assert log.keys("ticket_settled") == set()
    assert log.keys("game_ticket_settled") == set()


def test_what_is_settled_stands_in_the_second_of_its_result(log: Log) -> None:
    log.bet()
    log.bet("b2", **TICKET)
    log.result(1, "win", settled_at="2024-05-01T14:00:00.900Z")
    log.result(2, "void", settled_at="2024-05-01T14:00:01.000Z")
    log.result(3, "win", settled_at="2024-05-01T14:00:00Z")
    first, last = "2024-05-01 14:00:00.000", "2024-05-01 14:00:01.000"
    single = log.row("game_settled_second", "g1", first)
    assert part(single, "bets", "handle", "payout") == (1, D("10.80"), D("25.38"))
    assert log.keys("game_settled_second") == {
        ("g1", first), ("g1", last), ("g2", last), ("g3", last)
    }  # fmt: skip
    share = log.row("game_settled_second", "g1", last)
    assert share["payout"] == log.row("game_ticket_settled", "g1")["payout"]
    log.result(2, "lose", version=2, settled_at="2024-05-01T13:59:59Z")
    lost = "2024-05-01 13:59:59.000"
    assert log.keys("game_settled_second") == {
        ("g1", first), ("g1", lost), ("g2", lost), ("g3", lost)
    }  # fmt: skip
    log.result(1, None, version=2, status="rolled_back")
    assert ("g1", first) not in log.keys("game_settled_second")


def test_a_cash_out_is_realised_where_its_bet_was_accepted(log: Log) -> None:
    log.bet(status="cashed_out", version=2, cash_out={"fraction": 0.5, "amount": 6})
    minute = log.row("game_minute", "g1", "2024-05-01 12:00:00.000")
    second = log.row("sport_second", "football", "2024-05-01 12:00:07.000")
    assert minute["cash_out_pnl"] == second["cash_out_pnl"] == D("-1.08")


def test_a_ticket_of_voids_is_handed_back(log: Log) -> None:
    log.bet(**TICKET)
    for game, result in enumerate(("void", "push", "void"), start=1):
        log.result(game, result)
    assert part(log.row("ticket_settled", "b1"), "result", "payout") == ("void", D("10.01"))


def test_a_ticket_with_a_dead_heat_pays_a_share(log: Log) -> None:
    log.bet(**TICKET)
    log.result(1, dead_heat=[1, 2])
    log.result(2)
    log.result(3)
    # 129.90852875 / 2 = 64.954...
    assert log.row("ticket_settled", "b1")["payout"] == D("64.95")


def test_a_ticket_cashed_out_in_part_settles_what_rides(log: Log) -> None:
    log.bet(**TICKET, status="cashed_out", cash_out={"fraction": "0.25", "amount": "2.00"})
    # Cashed 2.5025 -> 2.50 = 0.84 + 0.83 + 0.83; riding 7.51.
    rows = [log.row("game_placed", f"g{number}") for number in (1, 2, 3)]
    assert [row["cash_out_handle"] for row in rows] == [D("0.84"), D("0.83"), D("0.83")]
    assert [row["cash_out_paid"] for row in rows] == [D("0.67"), D("0.67"), D("0.66")]
    assert [row["handle_riding"] for row in rows] == [D("2.50"), D("2.51"), D("2.50")]
    log.result(1, "lose")
    assert log.row("ticket_settled", "b1")["handle"] == D("7.51")
    assert log.row("game_ticket_settled", "g2")["handle"] == D("2.51")
    total = sum(log.row("game_pnl", f"g{number}")["total_pnl"] for number in (1, 2, 3))
    assert total == D("7.51") + D("2.50") - D("2.00")


SCORED = ("g1", "winner", "", "home", "football")


def test_what_the_model_said_of_singles_is_summed_by_its_version_and_the_price(log: Log) -> None:
    log.bet("b1")
    log.bet("b2", score=P_40._replace(p_win=D("0.25000000")))
    log.bet("b3", score=P_40._replace(model_version="m2"))
    log.bet("b4", legs=[leg(odds="2.5001")])
    log.bet("b5", **TICKET)

    # 1 / 2.35 lies between 0.4 and 0.6.
    both = log.row("selection_scored", *SCORED, "m1", "champion", D("0.40"))
    assert part(both, "bets", "p", "p_squared", "ln_p", "ln_not_p") == (
        2,
        D("0.65"),
        D("0.16") + D("0.0625"),
        D("-0.916291") + D("-1.386294"),
        D("-0.510826") + D("-0.287682"),
    )
    assert {(key[5], key[7]): row[8] for key, row in log.tables()["selection_scored"].items()} == {
        ("m1", D("0.40")): 2,
        ("m2", D("0.40")): 1,
        ("m1", D("0.25")): 1,
    }


def test_what_was_said_of_a_bet_that_no_longer_counts_is_no_more(log: Log) -> None:
    log.bet(status="cancelled")

    row = log.row("selection_scored", *SCORED, "m1", "champion", D("0.40"))

    assert part(row, "bets", "p", "p_squared", "ln_p", "ln_not_p") == (0, 0, 0, 0, 0)


def test_a_bet_cashed_out_was_a_forecast_all_the_same(log: Log) -> None:
    log.bet(status="cashed_out", version=2, cash_out={"fraction": 1, "amount": 12})

    assert log.row("selection_scored", *SCORED, "m1", "champion", D("0.40"))["bets"] == 1


@pytest.mark.parametrize(
    ("p", "ln_p", "ln_not_p"),
    [("0.00000000", "-18.420681", "0"), ("1.00000000", "0", "-18.420681")],
)
def test_a_certainty_that_no_model_gives_is_kept_within_reach(
    log: Log, p: str, ln_p: str, ln_not_p: str
) -> None:
    log.bet(score=P_40._replace(p_win=D(p)))

    row = log.row("selection_scored", *SCORED, "m1", "champion", D("0.40"))

    assert part(row, "ln_p", "ln_not_p") == (D(ln_p), D(ln_not_p))


@pytest.mark.parametrize("status", ["cancelled", "rejected"])
def test_a_ticket_taken_back_is_not_settled(log: Log, status: str) -> None:
    log.bet(**TICKET, status=status)
    log.result(1, "lose")
    assert log.keys("ticket_settled") == set()
    assert len(log.keys("game_placed")) == 3


def test_only_the_newest_prices_stand(log: Log) -> None:
    record = {
        "game_id": "g1",
        "market": "winner",
        "version": 1,
        "at": "2024-05-01T12:00:00.9999Z",
        "prices": {"home": 2, "draw": 4, "away": 8},
    }
    log.raw("odds", json.dumps({**record, "prices": {"gone": 2}}).encode())
    log.raw("odds", json.dumps({**record, "version": 2}).encode())
    rows = [log.row("selection_price", "g1", "winner", "", name) for name in record["prices"]]
    assert [row["odds"] for row in rows] == [2, 4, 8]
    # 4 : 2 : 1 of 7
    assert [row["probability"] for row in rows] == [
        D("0.57142857"),
        D("0.28571429"),
        D("0.14285714"),
    ]
    assert {row["priced_at"] for row in rows} == {"2024-05-01 12:00:00.999"}
    assert len(log.keys("selection_price")) == 3


def test_of_a_market_with_two_winners_the_price_is_taken_as_it_is(log: Log) -> None:
    prices = {"1x": 1.25, "12": 1.25, "x2": 1.6}
    record = {"game_id": "g1", "market": "double_chance", "version": 1, "prices": prices}
    log.raw("odds", json.dumps({**record, "at": "2024-05-01T12:00:00Z"}).encode())

    rows = [log.row("selection_price", "g1", "double_chance", "", name) for name in prices]
    assert [row["probability"] for row in rows] == [D("0.8"), D("0.8"), D("0.625")]


def test_a_game_names_its_sport_and_another_is_unknown(log: Log) -> None:
    record = {"game_id": "g1", "version": 1, "sport": "chess", "starts_at": None, "minute": None}
    log.raw("games", json.dumps(record).encode())
    log.bet("b1")
    log.bet("b2", legs=[leg(game_id="g2")])
    assert part(log.row("game", "g1"), "sport", "starts_at", "minute") == ("chess", None, None)
    assert log.row("sport_pnl", "chess")["games"] == 1
    assert log.row("sport_pnl", "unknown")["handle"] == D("10.80")


def test_each_message_that_is_no_record_stands_among_the_rejects(log: Log) -> None:
    log.raw("bets", b"not json \x00")
    log.raw("results", None)
    log.raw("fx_rates", b"{}", arrived_ms=-1)
    log.raw("market_cancels", json.dumps({"game_id": "g", "market": "m", "version": 1}).encode())
    log.bet(stake=0)
    row = log.row("bet_reject", "bets", 0, 0)
    assert part(row, "arrived_at", "excerpt") == (
        "2024-05-01 12:00:30.000",
        "not json \N{REPLACEMENT CHARACTER}",
    )
    assert log.row("bet_reject", "results", 0, 0)["reason"] == "the message is empty"
    assert log.row("bet_reject", "fx_rates", 0, 0)["arrived_at"] == "2000-01-01 00:00:00.000"
    assert log.keys("market_cancel") == {("g", "m", "")}
    assert log.row("bet_reject", "bets", 0, 1)["reason"] == "stake: must be above 0"
    accounts = log.accounts()
    assert (accounts["bets"].messages, accounts["bets"].rejected) == (2, 2)
    assert all(account.accounted for account in accounts.values())


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("bet"),
            st.sampled_from(["a", "b", "c"]),
            st.integers(1, 4),
            st.sampled_from(["accepted", "cancelled", "cashed_out"]),
            st.integers(1, 3),
            st.integers(1, 5000),
        ),
        st.tuples(
            st.just("result"),
            st.integers(1, 3),
            st.integers(1, 4),
            st.sampled_from(["win", "lose", "void", "push", "half_win", "half_lose", None]),
        ),
    ),
    max_size=25,
)


def written(operations: Iterable[Any]) -> Log:
    log = Log()
    for kind, *rest in operations:
        if kind == "bet":
            bet_id, version, status, legs, cents = rest
            log.bet(
                bet_id,
                version=version,
                status=status,
                leg_count=legs,
                stake=cents / 100,
                cash_out={"fraction": 0.3, "amount": 1} if status == "cashed_out" else None,
            )
        else:
            game, version, result = rest
            status = "rolled_back" if result is None else "settled"
            log.result(game, result, version=version, status=status)
    for bet_id in "abc":
        for age in range(1, 30):
            log.scores[bet_id, age] = P_40
    return log


@given(OPERATIONS)
def test_games_add_up_to_bets_and_every_message_is_accounted_for(operations: list[Any]) -> None:
    log = written(operations)
    tables = log.tables()
    bets = [named("bet", row) for row in tables["bet"].values()]
    games = [named("game_pnl", row) for row in tables["game_pnl"].values()]
    for column in ("handle", "cash_out_pnl", "expected_pnl", "predicted_pnl"):
        assert sum(row[column] for row in bets) == sum(row[column] for row in games)
    for row in games:
        assert row["total_pnl"] == row["realised_pnl"] + row["open_expected_pnl"]
        assert row["open_bets"] >= 0
        assert row["open_handle"] >= 0
    sports = [named("sport_pnl", row) for row in tables["sport_pnl"].values()]
    assert sum(row["total_pnl"] for row in sports) == sum(row["total_pnl"] for row in games)
    accounts = log.accounts()
    assert all(account.accounted for account in accounts.values())
    assert sum(account.messages for account in accounts.values()) == len(operations)


@given(OPERATIONS, st.randoms())
def test_the_order_of_different_versions_does_not_matter(
    operations: list[Any], random: Any
) -> None:
    unique = list({tuple(each[:3]): each for each in operations}.values())
    before = written(unique).tables()
    random.shuffle(unique)
    after = written(unique).tables()
    assert before == after
