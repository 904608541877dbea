"""The records of a replay, held against the contract and against the real games."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from betpnl.contract.checks import Rules
from betpnl.contract.reading import reader
from betpnl.contract.records import Bet, Leg
from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS, TOPICS
from betpnl.errors import UserError
from betpnl.games import Game, load_games
from betpnl.replay import Message, Mix, Options, plan
from betpnl.replay.timeline import STANDS_MAX, Fixture
from betpnl.settings import Settings

ORIGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
LIVELY = Mix(
    accumulators=0.3,
    free=0.1,
    rejected=0.05,
    cancelled=0.05,
    amended=0.05,
    cashed_part=0.05,
    cashed_full=0.05,
    duplicates=0.05,
    late=0.05,
)
GAME_S = 8.0
OPTIONS = Options(seed=11, rate=400, games=12, game_s=GAME_S, seconds=20, reviewed=0.3, mix=LIVELY)


def rules() -> Rules:
    fields = Settings.model_fields
    return Rules(
        base_currency=fields["base_currency"].default,
        bet_horizon_ms=fields["bet_horizon_days"].default * 86_400_000,
        accepted_ahead_ms=fields["accepted_ahead_max_s"].default * 1000,
    )


READERS = {topic.name: reader(topic, rules()) for topic in TOPICS}


def read(message: Message) -> Any:
    arrived_ms = int((ORIGIN.timestamp() + message.at_s) * 1000)
    return READERS[message.topic.name].read(message.value, arrived_ms)


class Replayed:
    """A plan with all its records read."""

    def __init__(self, options: Options, games: Sequence[Game]) -> None:
        self.plan = plan(options, games, ORIGIN)
        self.messages = list(self.plan)
        self.records = [read(message) for message in self.messages]
        self.fixtures = {fixture.game_id: fixture for fixture in self.plan.timeline.fixtures}

    def of(self, topic: Any) -> list[tuple[float, Any]]:
        return [
            (message.at_s, record)
            for message, record in zip(self.messages, self.records, strict=True)
            if message.topic is topic
        ]

    def new_bets(self) -> list[tuple[float, Bet]]:
        """Each bet when it was first sent."""
        first: dict[str, tuple[float, Bet]] = {}
        for at_s, bet in self.of(BETS):
            first.setdefault(bet.bet_id, (at_s, bet))
        return list(first.values())


@pytest.fixture(scope="module")
def games() -> list[Game]:
    return load_games()


@pytest.fixture(scope="module")
def replayed(games: list[Game]) -> Replayed:
    return Replayed(OPTIONS, games)


def test_every_record_is_read_as_the_contract_says(replayed: Replayed) -> None:
    # Reading raises on the first fault; here every topic and kind must have come up.
    kinds = sum((block.kinds for block in replayed.plan.blocks()), Counter())

    assert {message.topic for message in replayed.messages} == {
        BETS,
        ODDS,
        GAMES,
        RESULTS,
    }
    assert set(kinds) == {
        "singles", "accumulators", "systems", "free", "bonus", "rejected", "cancelled", "amended",
        "cashed out in part", "cashed out", "sent twice", "older version late",
    }  # fmt: skip
    for message, record in zip(replayed.messages, replayed.records, strict=True):
        assert message.key == message.topic.key(record)


def test_same_seed_same_bytes(replayed: Replayed, games: list[Game]) -> None:
    again = plan(OPTIONS, games, ORIGIN)

    assert list(again) == replayed.messages
    assert list(again) == replayed.messages  # and a plan may be walked twice


def test_another_time_of_day_changes_times_only(replayed: Replayed, games: list[Game]) -> None:
    later = plan(OPTIONS, games, ORIGIN + timedelta(days=3, seconds=1.234567))
    time = re.compile(rb'"(accepted_at|at|settled_at|starts_at)":"[^"]+"')

    def timeless(messages: Sequence[Message]) -> list[tuple[bytes, bytes, float]]:
        return [(m.key, time.sub(b"", m.value), m.at_s) for m in messages]

    assert timeless(list(later)) == timeless(replayed.messages)


def test_another_seed_or_label_shares_no_id(replayed: Replayed, games: list[Game]) -> None:
    keys = {m.key for m in replayed.messages}

    for options in (replace(OPTIONS, seed=12), replace(OPTIONS, run="b")):
        others = {m.key for m in plan(options, games, ORIGIN)}
        assert not keys & others


def test_messages_come_in_the_order_they_are_due(replayed: Replayed) -> None:
    times = [message.at_s for message in replayed.messages]

    assert times == sorted(times)
    assert times[0] == 0
    assert times[-1] <= replayed.plan.timeline.ends_s


def test_bets_keep_the_rate_and_their_planned_time(replayed: Replayed) -> None:
    bets = replayed.new_bets()

    assert len(bets) == OPTIONS.rate * 20
    assert [at_s for at_s, _ in bets] == pytest.approx(np.arange(len(bets)) / OPTIONS.rate)
    for at_s, bet in bets:
        assert abs((bet.accepted_at - ORIGIN).total_seconds() - at_s) < 0.001_001


def test_odds_are_the_real_ones_of_the_moment(replayed: Replayed) -> None:
    for at_s, bet in replayed.new_bets():
        for leg in bet.legs:
            fixture = replayed.fixtures[leg.game_id]
            checkpoint = moment_of(fixture, at_s)
            prices = checkpoint.prices[leg.market][leg.line]
            before = fixture.game.checkpoints[0].prices.get(leg.market, {}).get(leg.line)

            assert leg.odds == prices[leg.selection]
            assert leg.market_odds == {name: float(odds) for name, odds in prices.items()}
            assert leg.in_play == checkpoint.in_play
            assert leg.minute == (checkpoint.minute if checkpoint.in_play else None)
            assert leg.sport == fixture.game.sport
            if checkpoint.in_play and before:
                assert leg.pre_match_odds == {name: float(odds) for name, odds in before.items()}


def moment_of(fixture: Fixture, at_s: float) -> Any:
    """The checkpoint whose prices stand; fails where the markets are suspended."""
    assert fixture.opens_s <= at_s < fixture.ends_s
    if at_s < fixture.starts_s:
        return fixture.game.checkpoints[0]
    played = (at_s - fixture.starts_s) / GAME_S
    passed = [c for c in fixture.game.checkpoints[1:] if c.fraction <= played]
    assert passed, f"{fixture.game_id}: a bet at the start's odds after the start"
    assert passed[-1].prices, f"{fixture.game_id}: a bet on a suspended market"
    assert played - passed[-1].fraction <= STANDS_MAX + 1e-9
    return passed[-1]


def test_bets_fall_before_and_in_play(replayed: Replayed) -> None:
    in_play = Counter(leg.in_play for _, bet in replayed.new_bets() for leg in bet.legs)

    assert in_play[True] > 500
    assert in_play[False] > 500


def test_nothing_happens_to_a_bet_after_its_games_end(replayed: Replayed) -> None:
    ended = {r.game_id: at_s for at_s, r in reversed(replayed.of(RESULTS))}

    for at_s, bet in replayed.of(BETS):
        assert at_s < min(ended[leg.game_id] for leg in bet.legs)


def test_every_game_ends_with_its_real_results(replayed: Replayed) -> None:
    newest: dict[tuple[str, str, str, str], Any] = {}
    for _, result in replayed.of(RESULTS):
        key = (result.game_id, result.market, result.line, result.selection)
        assert result.version == (newest[key].version + 1 if key in newest else 1)
        newest[key] = result

    for game_id, fixture in replayed.fixtures.items():
        assert fixture.game.results
        for (market, line, selection), settlement in fixture.game.results.items():
            result = newest.pop((game_id, market, line, selection))
            assert (result.status, result.result) == ("settled", settlement.result)
            assert result.dead_heat == (
                list(settlement.dead_heat) if settlement.dead_heat else None
            )
    assert not newest


def test_some_results_are_rolled_back_and_settled_again(replayed: Replayed) -> None:
    statuses = defaultdict(list)
    for _, result in replayed.of(RESULTS):
        key = (result.game_id, result.market, result.line, result.selection)
        statuses[key].append(result.status)

    assert set(map(tuple, statuses.values())) == {
        ("settled",),
        ("settled", "rolled_back", "settled"),
    }


def test_games_go_from_scheduled_over_live_to_ended(replayed: Replayed) -> None:
    steps = defaultdict(list)
    for _, game in replayed.of(GAMES):
        steps[game.game_id].append(game)

    assert set(steps) == set(replayed.fixtures)
    for game_id, records in steps.items():
        statuses = [record.status for record in records]
        assert statuses == ["scheduled", *["live"] * (len(records) - 2), "ended"]
        assert len(records) >= 3
        assert [record.version for record in records] == list(range(1, len(records) + 1))
        final = replayed.fixtures[game_id].game.final_score
        assert (records[-1].score_home, records[-1].score_away) == (final or (None, None))


def test_odds_updates_name_every_selection_before_a_bet_needs_them(replayed: Replayed) -> None:
    prices: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    versions: Counter[tuple[str, str, str]] = Counter()
    for message, record in zip(replayed.messages, replayed.records, strict=True):
        if message.topic is ODDS:
            key = (record.game_id, record.market, record.line)
            versions[key] += 1
            assert record.version == versions[key]
            prices[key] = record.prices
        elif message.topic is BETS and record.version == 1 and record.bet_id.endswith("0"):
            for leg in record.legs:
                assert leg.selection in prices[leg.game_id, leg.market, leg.line]


def test_accumulators_have_two_to_six_legs_on_different_games(replayed: Replayed) -> None:
    sizes = Counter(len(bet.legs) for _, bet in replayed.new_bets())

    assert set(sizes) == {1, 2, 3, 4, 5, 6}
    for _, bet in replayed.new_bets():
        if bet.system is None:
            assert bet.bet_type == ("single" if len(bet.legs) == 1 else "accumulator")
        else:
            assert bet.bet_type == "system"
            assert bet.system.sizes == [len(bet.legs) - 1, len(bet.legs)]
            assert len(bet.legs) > 2
        assert len({leg.game_id for leg in bet.legs}) == len(bet.legs)
    assert 1 - sizes[1] / sizes.total() == pytest.approx(LIVELY.accumulators, abs=0.03)


def test_default_mix_is_mostly_singles(games: list[Game]) -> None:
    blocks = plan(Options(seed=1, rate=5000, seconds=4), games, ORIGIN).blocks()
    kinds = sum((block.kinds for block in blocks), Counter())
    bets = kinds["singles"] + kinds["accumulators"] + kinds["systems"]

    assert bets == 20_000
    assert kinds["singles"] / bets == pytest.approx(0.88, abs=0.01)
    assert kinds["free"] / bets == pytest.approx(0.03, abs=0.005)
    assert kinds["bonus"] / bets == pytest.approx(0.02, abs=0.005)
    assert 0 < kinds["systems"] < kinds["accumulators"]


def test_stakes_in_every_currency_follow_the_quantiles(replayed: Replayed) -> None:
    bets = [bet for _, bet in replayed.new_bets()]
    euros = [float(bet.stake * (bet.fx_rate or 1)) for bet in bets]

    assert {bet.currency for bet in bets} == {"EUR", "GBP", "USD", "AUD", "SEK", "JPY", "KWD"}
    assert np.quantile(euros, 0.5) == pytest.approx(6.7, rel=0.15)
    assert np.quantile(euros, 0.95) == pytest.approx(118, rel=0.2)


def test_newer_versions_keep_what_cannot_change(replayed: Replayed) -> None:
    versions: dict[str, dict[int, Bet]] = defaultdict(dict)
    for _, bet in replayed.of(BETS):
        known = versions[bet.bet_id].setdefault(bet.version, bet)
        assert known == bet, "a version sent again says the same"

    kept: list[tuple[Bet, Bet]] = []
    for by_version in versions.values():
        assert list(by_version) == list(range(1, len(by_version) + 1))
        kept += pairwise(by_version.values())
    for older, newer in kept:
        changes = {
            name for name in Bet.__struct_fields__ if getattr(older, name) != getattr(newer, name)
        }
        assert changes <= {"version", "status", "stake", "cash_out"}
        if older.cash_out and newer.cash_out:
            assert newer.cash_out.fraction > older.cash_out.fraction
            assert newer.cash_out.amount >= older.cash_out.amount


def test_blocks_count_each_bet_once_in_each_of_its_games(replayed: Replayed) -> None:
    numbers = {f.game_id: f.number for f in replayed.fixtures.values()}
    expected = [
        (at_s, numbers[leg.game_id])
        for at_s, bet in replayed.new_bets()
        if bet.status != "rejected"
        for leg in bet.legs
    ]
    counted = [
        pair
        for block in replayed.plan.blocks()
        for pair in zip(block.counted_at_s.tolist(), block.counted_games.tolist(), strict=True)
    ]

    assert counted == expected


def test_popular_games_draw_more_bets(replayed: Replayed) -> None:
    open_at_once = [f for f in replayed.fixtures.values() if f.opens_s == 0]
    bets = Counter(
        leg.game_id for at_s, bet in replayed.new_bets() if at_s < 0.5 for leg in bet.legs
    )
    by_popularity = sorted(open_at_once, key=lambda fixture: -fixture.popularity)
    counts = [bets[fixture.game_id] for fixture in by_popularity]

    assert sum(counts[:3]) > 2 * sum(counts[-3:])


def test_without_a_limit_each_game_is_played_once(games: list[Game]) -> None:
    once = Replayed(Options(seed=5, rate=50, games=6, game_s=10), games)

    assert len(once.fixtures) == 6
    assert {r.game_id for _, r in once.of(RESULTS)} == set(once.fixtures)
    assert once.new_bets()


def test_a_number_of_bets_is_met_exactly(games: list[Game]) -> None:
    limited = Replayed(Options(seed=5, rate=300, games=1, game_s=5, bets=1001), games)

    assert len(limited.new_bets()) == 1001


def test_one_sport_only(games: list[Game]) -> None:
    cricket = Replayed(Options(seed=5, rate=100, seconds=2, sports=("cricket",)), games)

    assert {game.sport for _, game in cricket.of(GAMES)} == {"cricket"}


def test_every_game_id_of_a_run_is_its_own(games: list[Game]) -> None:
    longest = Options(seed=999_999_999, run="abcdefgh", games=len(games), game_s=1, rate=0.001)
    ids = {fixture.game_id for fixture in plan(longest, games, ORIGIN).timeline.fixtures}

    assert len(ids) == len(games)
    assert max(map(len, ids)) <= 64


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate": 0}, "--rate"),
        ({"games": -1}, "--games"),
        ({"seconds": 0}, "--seconds"),
        ({"seed": -1}, "--seed"),
        ({"run": "A b"}, "--run"),
    ],
)
def test_options_that_make_no_replay_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        Options(**{"seed": 1, **options})


def test_shares_outside_their_range_are_named() -> None:
    with pytest.raises(UserError, match="free"):
        Mix(free=1.5)
    with pytest.raises(UserError, match="exceed 1 together"):
        Mix(cancelled=0.6, amended=0.6)


def test_an_unknown_sport_is_answered_with_those_there_are(games: list[Game]) -> None:
    with pytest.raises(UserError, match=r"chess.*cricket"):
        plan(Options(seed=1, sports=("chess",)), games, ORIGIN)


def test_a_leg_holds_nothing_that_is_empty(replayed: Replayed) -> None:
    bet = next(m for m in replayed.messages if m.topic is BETS)

    assert b"null" not in bet.value
    assert isinstance(read(bet).legs[0], Leg)
