"""The budget of a bet's cost: what it complains of, and how it is written anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import chain

import pytest

from tests.cost import bets, budget
from tests.cost.budget import Figure
from tests.cost.worker import bytes_a_bet

DAY = datetime(2026, 1, 5, tzinfo=UTC)
COUNT = Figure(27, 0, "each is a hop")
SIZE = Figure(100, 5, "each is written")
TEXT = """\
# What it is about.

[plan.exchanges]
value = 27
slack_percent = 0
why = "each is a \\"hop\\""

[bet.state_bytes]
value = 100.5
slack_percent = 5
why = "each is written"
"""


@pytest.mark.parametrize(
    ("figure", "found", "said"),
    [
        (COUNT, 27, None),
        (COUNT, 28, "grew from 27 to 28 (at most 27): each is a hop"),
        (COUNT, 26, "fell from 27 to 26"),
        (SIZE, 105, None),
        (SIZE, 105.1, "grew from 100 to 105.1 (at most 105): each is written"),
        (SIZE, 95, None),
        (SIZE, 94.9, "fell from 100 to 94.9"),
    ],
)
def test_what_grows_or_falls_beyond_its_slack_is_told(
    figure: Figure, found: float, said: str | None
) -> None:
    complaints = budget.complaints("plan", {"exchanges": figure}, {"exchanges": found})

    assert len(complaints) == (said is not None)
    if said is not None:
        assert f"plan.exchanges {said}" in complaints[0]


def test_a_figure_without_a_budget_and_a_budget_without_a_figure_are_told() -> None:
    said = budget.complaints("plan", {"exchanges": COUNT}, {"stages": 4})

    assert said == [
        "plan.exchanges is in the budget, and was not found",
        "plan.stages is 4, and not in the budget",
    ]


def test_an_update_writes_what_left_its_slack_and_nothing_else() -> None:
    found = {"state_bytes": 99.0}
    assert budget.updated(TEXT, "bet", found) == TEXT

    after = budget.updated(TEXT, "bet", {"state_bytes": 80.25})

    assert after == TEXT.replace("100.5", "80.25")


def test_an_update_takes_up_what_is_new_and_drops_what_is_gone() -> None:
    after = budget.read(budget.updated(TEXT, "plan", {"stages": 4}))

    assert after["plan"] == {"stages": Figure(4, 0, "")}
    assert after["bet"] == budget.read(TEXT)["bet"]


def test_every_figure_has_its_reason_and_stands_in_the_docs() -> None:
    read = budget.read(budget.FILE.read_text("utf-8"))
    doc = budget.DOC.read_text("utf-8")

    assert [name for figures in read.values() for name in figures if not figures[name].why] == []
    assert budget.with_table(doc, read) == doc
    assert budget.table(read) in doc


def test_the_bets_are_always_the_same_and_none_stands_twice_in_a_wave() -> None:
    sent, again = bets.waves(DAY), bets.waves(DAY)

    assert sent == again
    assert sum(map(len, (sent.placed, *sent.changed))) == bets.MESSAGES
    for wave in (sent.placed, *sent.changed):
        assert max(Counter(record["bet_id"] for record in wave).values()) == 1
    statuses = Counter(record["status"] for record in chain(*sent.changed))
    assert statuses["cancelled"] == bets.CANCELLED


def test_a_bet_is_packed_for_the_worker_in_no_more_bytes_than_it_was(
    within_budget: Callable[[str, Mapping[str, float]], None],
) -> None:
    within_budget("worker", bytes_a_bet())
