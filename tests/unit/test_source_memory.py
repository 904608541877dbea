"""What the mapper remembers: whole batches, across a crash, small."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from betpnl.source.claims import Claim
from betpnl.source.memory import GONE, Batch, Known, Memory
from betpnl.source.sweep import MEMORY, TABLE, Sweep, is_doubtful

RECORD = (
    b'{"accepted_at":"2026-11-25T03:09:28.509000Z","bet_id":"123456","bet_type":"single",'
    b'"currency":"EUR","customer_id":"2412","legs":[{"competition":"Premier League","game_id":'
    b'"g-4711","in_play":false,"leg":1,"market":"match_result","odds":2.4000,"selection":"home",'
    b'"sport":"football"}],"stake":12.500,"stake_type":"cash","status":"accepted"}'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "memory.sqlite"


@pytest.fixture
def memory(path: Path) -> Iterator[Memory]:
    opened = Memory(path)
    yield opened
    opened.close()


def _known(number: int, **changes: object) -> Known:
    values = {"version": number, "content": b"c%d" % number, "record": RECORD, "day": 20_000}
    return Known(**{**values, **changes})  # type: ignore[arg-type]


def test_a_batch_is_there_again_after_a_crash(path: Path, memory: Memory) -> None:
    batch = Batch(
        known={("bets", "[1]"): _known(1), ("games", "[1]"): _known(2)},
        again=[("bets", "[9]")],
        messages=[("bets", b"1", b"{}"), ("games", b"1", b"{}")],
        facts={"offset": 7},
    )
    memory.save(batch, 1)

    # Not closed: as a process that was killed leaves it.
    again = Memory(path)
    assert again.known("bets", ["[1]", "[2]"]) == {"[1]": _known(1)}
    assert again.facts == {"offset": 7}
    assert again.outbox() == batch.messages
    assert again.again("bets", 10) == ["[9]"]
    assert again.count_again() == 1
    again.close()


def test_the_next_batch_takes_the_place_of_the_last(memory: Memory) -> None:
    memory.save(Batch(messages=[("bets", b"1", b"{}")], again=[("bets", "[9]")]), 1)
    memory.save(Batch(messages=[("bets", b"2", b"{}")], done=[("bets", "[9]")]), 1)

    assert memory.outbox() == [("bets", b"2", b"{}")]
    assert memory.count_again() == 0
    memory.clear_outbox()
    assert memory.outbox() == []


def test_a_batch_that_fails_leaves_nothing(memory: Memory) -> None:
    batch = Batch(known={("bets", "[1]"): _known(1)}, facts={"offset": object()})

    with pytest.raises(TypeError):
        memory.save(batch, 1)

    assert memory.known("bets", ["[1]"]) == {}
    memory.save(Batch(known={("bets", "[2]"): _known(2)}), 1)
    assert list(memory.known("bets", ["[1]", "[2]"])) == ["[2]"]


def test_a_sweep_finds_what_it_did_not_meet(memory: Memory) -> None:
    old = {("bets", f"[{number}]"): _known(number) for number in range(5)}
    old["bets", "[4]"] = _known(4, content=GONE)
    memory.save(Batch(known=old), 1)
    memory.save(Batch(known={("bets", "[1]"): _known(1)}, seen=[("bets", "[2]")]), 2)

    assert memory.unseen("bets", 2, "", 10) == ["[0]", "[3]"]
    assert memory.unseen("bets", 2, "[0]", 10) == ["[3]"]
    assert memory.count_unseen("bets", 2) == (2, 4)


def test_old_bets_are_forgotten_and_games_are_not(memory: Memory) -> None:
    old = {(section, "[1]"): _known(1, day=100) for section in ("bets", "games")}
    memory.save(Batch(known={**old, ("bets", "[2]"): _known(2, day=101)}), 1)

    assert memory.forget_bets(101) == 1

    assert list(memory.known("bets", ["[1]", "[2]"])) == ["[2]"]
    assert memory.known("games", ["[1]"]) != {}


def test_who_published_a_record_is_known_by_its_claim_or_by_the_key_itself(memory: Memory) -> None:
    memory.save(
        Batch(
            known={("bets", "[1]"): _known(4), ("bets", '["b"]'): _known(5, content=GONE)},
            claims={
                ("bets", b"1"): Claim("[1]", 4),
                ("bets", b"b"): Claim('["b"]', 5, gone=True),
                ("bets", b"other"): Claim("[1]", 6, gone=True),
            },
        ),
        1,
    )

    assert memory.claims("bets", [b"1", b"b", b"other", b"never"]) == {
        b"1": Claim("[1]", 4),
        b"b": Claim('["b"]', 5, gone=True),
        b"other": Claim("[1]", 6, gone=True),
    }
    assert memory.claims("games", [b"1", b"other"]) == {}


def test_a_record_that_comes_back_to_its_own_row_is_claimed_by_it(memory: Memory) -> None:
    memory.save(Batch(claims={("bets", b"7"): Claim("[9]", 1)}), 1)
    memory.save(
        Batch(known={("bets", "[7]"): _known(2)}, claims={("bets", b"7"): Claim("[7]", 2)}), 1
    )

    assert memory.claims("bets", [b"7"]) == {b"7": Claim("[7]", 2)}


def test_claims_of_forgotten_bets_are_forgotten(memory: Memory) -> None:
    memory.save(
        Batch(
            known={("bets", "[1]"): _known(1, day=100), ("bets", "[2]"): _known(1, day=101)},
            claims={("bets", b"one"): Claim("[1]", 1), ("bets", b"two"): Claim("[2]", 1)},
        ),
        1,
    )

    memory.forget_bets(101)

    assert list(memory.claims("bets", [b"one", b"two"])) == [b"two"]


def test_another_kafka_gets_everything_with_versions_that_go_on(memory: Memory) -> None:
    memory.save(Batch(known={("bets", "[1]"): _known(1)}, messages=[("bets", b"1", b"")]), 1)

    memory.forget_published()

    assert memory.outbox() == []
    assert memory.known("bets", ["[1]"])["[1]"].version == 1
    assert memory.known("bets", ["[1]"])["[1]"].content not in (GONE, b"c1")


def test_a_bet_takes_less_than_300_bytes(path: Path, memory: Memory) -> None:
    for start in range(0, 20_000, 1000):
        numbers = range(start, start + 1000)
        records = (RECORD.replace(b"123456", b"%d" % number) for number in numbers)
        known = {
            ("bets", f"[{number}]"): _known(number, record=record, content=b"0123456789abcdef")
            for number, record in zip(numbers, records, strict=True)
        }
        memory.save(Batch(known=known), 1)
    memory.close()

    assert path.stat().st_size / 20_000 < 300


def test_a_sweep_goes_through_tables_and_memory_of_each_section() -> None:
    sweep: Sweep | None = Sweep.begin(3, "a test", ["bets", "games"])
    seen = []
    while sweep is not None:
        sweep = Sweep.read(sweep.beyond("[5]", 10).written())
        assert sweep is not None
        seen.append((sweep.phase, sweep.section, sweep.after, sweep.looked_at))
        sweep = sweep.next()

    assert [phase for phase, *_ in seen] == [TABLE, TABLE, MEMORY, MEMORY]
    assert [section for _, section, *_ in seen] == ["bets", "games"] * 2
    assert [looked_at for *_, looked_at in seen] == [10, 20, 30, 40]


def test_a_section_that_has_to_wait_lets_the_others_pass() -> None:
    bets, games = ((TABLE, "bets"), (MEMORY, "bets")), ((TABLE, "games"), (MEMORY, "games"))
    sweep = Sweep(1, "a test", (bets[0], games[0], bets[1], games[1]), "[5]", 7)

    assert sweep.later() == Sweep(1, "a test", (*games, *bets), "", 7)


@pytest.mark.parametrize(
    ("gone", "known", "doubtful"),
    [(1000, 1000, False), (1001, 1001, True), (1001, 2002, True), (1001, 2003, False)],
)
def test_most_of_many_records_gone_is_doubtful(gone: int, known: int, doubtful: bool) -> None:
    assert is_doubtful(gone, known) == doubtful
