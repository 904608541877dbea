"""What 2,000 bets make the running job do stays within the budget, however fast the machine is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tests.cost import bets
from tests.cost.live import Reading, reading, statements
from tests.e2e.world import ON_BATCHED_WORLD, World

pytestmark = ON_BATCHED_WORLD

TABLES = (
    "bet", "bet_rate", "bet_version", "ticket_leg", "game_placed", "game_minute", "sport_second",
    "segment_placed", "selection_book", "selection_scored", "selection_ticket",
)  # fmt: skip
SETTLED_TABLES = (
    "selection_result", "game_settled", "game_settled_second", "game_ticket_settled",
    "segment_settled", "ticket_settled", "selection_ticket_gone",
)  # fmt: skip


def _costs(
    before: Reading, after: Reading, messages: int, tables: Sequence[str]
) -> dict[str, float]:
    """What came of what was sent, for each message of it."""

    def each(name: str, way: str) -> int:
        return getattr(after, way).get(name, 0) - getattr(before, way).get(name, 0)

    found = {
        "records_read_by_tasks": after.records - before.records,
        "bytes_read_by_tasks": after.bytes - before.bytes,
        "records_given_by_sums": each("GroupAggregate", "given"),
        "records_given_by_python": each("PythonCalc", "given"),
        "records_given_by_ranks": each("Rank", "given"),
        "state_bytes": after.state_bytes - before.state_bytes,
        "state_entries": after.state_entries - before.state_entries,
        **{f"rows_{table}": each(table, "taken") for table in tables},
    }
    return {name: value / messages for name, value in found.items()}


def _statements_alone(world: World, lone: Sequence[bets.Record]) -> int:
    """What MySQL is told for one bet when nothing else is on its way.

    The least of some bets: where a flush falls between two rows of a table, a bet has one more.
    """
    counted = []
    for record in lone:
        before = statements(world)
        world.send("bets", record)
        world.verify()
        counted.append(statements(world) - before)
    return min(counted)


def test_a_bet_costs_the_job_no_more_than_it_did(
    world: World, within_budget: Callable[[str, Mapping[str, float]], None]
) -> None:
    sent = bets.waves(bets.yesterday())
    quiet = reading(world)

    for bets_of_wave in (sent.placed, *sent.changed):
        world.send("bets", *bets_of_wave)
        world.verify()
    placed = reading(world)
    for wave in sent.results:
        world.send("results", *wave)
        world.verify()
    settled = reading(world)

    within_budget("job", {"tasks": placed.tasks})
    within_budget("bet", _costs(quiet, placed, bets.MESSAGES, TABLES))
    within_budget("settled", _costs(placed, settled, sent.legs_settled, SETTLED_TABLES))
    within_budget(
        "alone",
        {
            "statements_of_a_single": _statements_alone(world, sent.lone_singles),
            "statements_of_a_ticket": _statements_alone(world, sent.lone_tickets),
        },
    )
