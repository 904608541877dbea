"""`betpnl verify`: everything computed again from the log, and held against MySQL."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from betpnl.archive.place import folder
from betpnl.contract.checks import Rules
from betpnl.contract.currencies import minor_units
from betpnl.contract.topics import TOPICS
from betpnl.deployment import rules
from betpnl.errors import UserError
from betpnl.model.outcome import OutcomeModel
from betpnl.mysql import connect
from betpnl.risk.table import stale_game
from betpnl.settings import Settings
from betpnl.stack import Endpoints, endpoints
from betpnl.upkeep.affected import first_wrong_bet
from betpnl.verify.archived import with_archived
from betpnl.verify.audit import audit
from betpnl.verify.compare import Report
from betpnl.verify.history import History
from betpnl.verify.log import Log, Offsets
from betpnl.verify.mysql_rows import freeze, rows
from betpnl.verify.printing import Outcome, as_json, print_outcome
from betpnl.verify.rescore import Rescorer
from betpnl.verify.tables import BET, TABLES, VIEWS, Table
from betpnl.verify.waiting import wait_until_passed

_UPKEEP_POLL_S = 0.5


def verify(
    until: Annotated[
        str,
        typer.Option(
            help="Offsets to read up to: JSON or a file of it, an end for each partition, such "
            'as {"bets": [120, 98, 101, 99]}. Topics not named: up to their ends now.'
        ),
    ] = "",
    timeout_s: Annotated[
        float, typer.Option(help="How long the job may take to pass those offsets, seconds.")
    ] = 120,
    rescore: Annotated[
        Path | None,
        typer.Option(metavar="MODEL.onnx", help="Score again with this model and compare."),
    ] = None,
    examples: Annotated[int, typer.Option(help="Differences shown of each table.")] = 5,
    json_: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Compute every table again from the log and compare with MySQL, to the cent.

    Code 0: all as it must be. 1: something differs. 2: cannot tell.
    """
    settings = Settings.load()
    if not settings.bet_rows:
        raise UserError(
            "bet_rows is off, so the rows of bets that would be verified are not written; set "
            "BETPNL_BET_ROWS=true and submit the job to an empty database."
        )
    stack = endpoints(settings)
    started = time.monotonic()
    console = Console(stderr=True)
    model = None if rescore is None else OutcomeModel(rescore)
    log = Log(stack.kafka_bootstrap, settings.topic_prefix, settings.consumer_group)
    try:
        with _progress(console) as progress:
            if not until:
                _wait_for_upkeep(log, settings, stack, timeout_s, progress)
            stop = stated(until, log.ends())
            history = _read(log, stop, rules(settings), progress)
            _wait(log, stop, stack, timeout_s, progress)
            rescorer = None if model is None else Rescorer(model, examples)
            reports = _audit(settings, stack, history, examples, rescorer, progress)
        newer = sum(map(sum, log.ends().values())) - sum(map(sum, stop.values()))
    finally:
        log.close()
    outcome = Outcome(
        reports=reports,
        accounts=history.accounts(),
        until=stop,
        newer=newer,
        passed_by=None if rescorer is None else rescorer.passed_by,
        took_s=time.monotonic() - started,
    )
    if json_:
        typer.echo(as_json(outcome))
    else:
        print_outcome(outcome, Console())
    raise typer.Exit(outcome.code)


def stated(until: str, ends: Offsets) -> Offsets:
    """The offsets to read up to: those of ``until``, JSON or a file of it, else the ends.

    Raises UserError for anything that is not a list of offsets by topic.
    """
    if not until:
        return ends
    text = until
    if not until.lstrip().startswith("{"):
        try:
            text = Path(until).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise UserError(f"--until {until} cannot be read: {error}") from None
    try:
        given: Any = json.loads(text)
    except ValueError as error:
        raise UserError(f"--until {until} is not JSON: {error}") from None
    names = {topic.name for topic in TOPICS}
    if not isinstance(given, dict) or not given.keys() <= names:
        raise UserError(f"--until must give offsets by topic: {', '.join(sorted(names))}.")
    for topic, offsets in given.items():
        if not isinstance(offsets, list) or not all(
            type(offset) is int and offset >= 0 for offset in offsets
        ):
            raise UserError(f"--until must give a list of offsets >= 0 for {topic}.")
    return {**ends, **given}


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _read(log: Log, until: Offsets, rules: Rules, progress: Progress) -> History:
    history = History(rules)
    task = progress.add_task("reading the log", total=sum(map(sum, until.values())))
    history.add_all(log.read(until, lambda count: progress.advance(task, count)))
    return history


def _wait(log: Log, until: Offsets, stack: Endpoints, timeout_s: float, progress: Progress) -> None:
    task = progress.add_task("waiting for the job", total=None)
    wait_until_passed(
        log,
        until,
        stack.flink_rest_url,
        timeout_s,
        lambda text: progress.update(task, description=f"waiting for the job: {text}"),
    )
    progress.update(task, description="the job has passed the offsets", total=1, completed=1)


def _wait_for_upkeep(
    log: Log, settings: Settings, stack: Endpoints, timeout_s: float, progress: Progress
) -> None:
    """Wait until the job has read all, and upkeep has done what follows from it."""
    deadline = time.monotonic() + timeout_s
    while True:
        _wait(log, log.ends(), stack, timeout_s, progress)
        connection = connect(stack, read_only=True)
        try:
            bet = first_wrong_bet(connection, settings.base_currency)
            game = None if bet else stale_game(connection)
        finally:
            connection.close()
        if bet is None and game is None:
            return
        if time.monotonic() > deadline:
            what = (
                f"What game {game} can still bring is not what its selections say"
                if bet is None
                else f"Bet {bet.bet_id} does not stand as its rate or a cancelled market says"
            )
            raise UserError(f"{what}: `betpnl upkeep` sees to it; does it run (`betpnl status`)?")
        time.sleep(_UPKEEP_POLL_S)


def _audit(
    settings: Settings,
    stack: Endpoints,
    history: History,
    examples: int,
    rescorer: Rescorer | None,
    progress: Progress,
) -> list[Report]:
    bets = sum(1 for _ in history.bet_ids())
    connection = connect(stack, read_only=True)
    tasks = progress.add_task("comparing", total=len(TABLES) + len(VIEWS))

    def found(table: Table) -> Any:
        progress.update(tasks, description=f"comparing {table.name}")
        counted = progress.add_task("  bets", total=bets) if table is BET else None
        for row in with_archived(table, rows(connection, table), folder(settings)):
            if counted is not None:
                progress.advance(counted)
            yield row
        progress.advance(tasks)

    try:
        freeze(connection)
        return audit(
            history,
            found,
            minor_units(settings.base_currency),
            examples_max=examples,
            rescorer=rescorer,
        )
    finally:
        connection.close()
