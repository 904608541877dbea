"""Submits the live job, and refuses where that would falsify the sums."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pymysql

from betpnl.errors import UserError
from betpnl.job.schema import create_tables, filled_tables
from betpnl.model.trial import tried
from betpnl.mysql import connect
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import flink_client, flink_conf, flink_rest
from betpnl.stack.endpoints import Endpoints
from betpnl.stack.mysql_service import COLLATIONS, wanted_collation
from betpnl.stack.resolve import endpoints

JOB = PROJECT / "jobs" / "pnl.py"
LOG = "submit.log"
# Flink's own advice goes on: skip it. The sums would then begin at zero, over rows that are right.
_UNFIT = "Cannot map checkpoint/savepoint state for operator"


def submit(
    settings: Settings,
    *,
    resume_from: str = "",
    job: Path = JOB,
    report: Callable[[str], None] = lambda _: None,
) -> str:
    """Make tables and views, submit the job, return its id once the cluster has accepted it.

    It goes on from `resume_from` (a checkpoint or savepoint), else from the newest checkpoint
    of this home, else reads the log from its start into empty tables. Raises UserError when it
    runs already, when there is no checkpoint but rows in the tables, when the checkpoint is one of
    the other `state_backend`, when a model's file cannot be used, or when Flink refuses.
    """
    check_models(settings)
    found = endpoints(settings)
    if flink_rest.overview(found.flink_rest_url) is None:
        raise UserError(
            f"Flink does not answer at {found.flink_rest_url}; `betpnl up` starts what is missing."
        )
    live = flink_rest.live_job(found.flink_rest_url)
    if live is not None:
        raise UserError(
            f"The job runs already ({live['state']}, id {live['jid']}); cancel it in Flink's web "
            f"UI at {found.flink_rest_url} first."
        )
    report("making tables and views")
    origin = resume_from or _newest_checkpoint(settings)
    if origin and not resume_from:
        refuse_other_backend(settings, origin)
    _make_tables(settings, found, resuming=bool(origin))
    report(f"submitting, from {origin}" if origin else "submitting, from the start of the log")
    arguments = ["run", "--detached"]
    if origin:
        arguments += ["--fromSavepoint", origin]
    arguments += [*flink_client.python_arguments(settings), "--python", str(job)]
    code, output = flink_client.capture(settings, "flink", arguments)
    accepted = re.search(r"JobID ([0-9a-f]{32})", output)
    if code != 0 or accepted is None:
        log = settings.home / "logs" / LOG
        log.write_text(output, encoding="utf-8")
        raise UserError(f"{refusal(output, origin)} All that Flink says: {log}")
    if origin and not resume_from:
        prune(settings, Path(urlsplit(origin).path))
    remember_backend(settings)
    return accepted.group(1)


def check_models(settings: Settings) -> None:
    """Refuse a model that would not serve. Raises UserError.

    A running job keeps its model when the file is broken; one that is submitted shall have the
    model that it was given. On a cluster of others the files may be on its machines alone.
    """
    paths = {"model_path": settings.model_path, "challenger_path": settings.challenger_path}
    for name, path in paths.items():
        if path is not None and (path.exists() or not settings.flink_rest_url):
            tried(path, setting=name)


def refuse_other_backend(settings: Settings, origin: str) -> None:
    """Refuse a checkpoint that was written by the other `state_backend`. Raises UserError.

    Flink takes the job, and then restarts it for ever without saying why.
    """
    try:
        written_by = _backend_file(settings).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return
    if written_by != settings.state_backend:
        raise UserError(
            f"{origin} was written with state_backend = {written_by}, and "
            f"{settings.state_backend} cannot read it; set state_backend to {written_by} again, or "
            "give mysql_database and consumer_group new names, and the job reads the log from its "
            "start."
        )


def remember_backend(settings: Settings) -> None:
    """Note which `state_backend` writes the checkpoints from now on."""
    file = _backend_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{settings.state_backend}\n", encoding="utf-8")


def _backend_file(settings: Settings) -> Path:
    return flink_conf.state_folder(settings) / "state_backend"


def prune(settings: Settings, kept: Path) -> None:
    """Remove the checkpoints of jobs before the last one, which nothing can depend on."""
    for folder in (flink_conf.state_folder(settings) / "checkpoints").iterdir():
        older = folder.stat().st_mtime < kept.parent.stat().st_mtime
        if folder != kept.parent and older:
            shutil.rmtree(folder, ignore_errors=True)


def _newest_checkpoint(settings: Settings) -> str:
    newest = flink_rest.newest_checkpoint(flink_conf.state_folder(settings))
    return newest.as_uri() if newest else ""


def _make_tables(settings: Settings, found: Endpoints, *, resuming: bool) -> None:
    with connect(found) as connection:
        _refuse_folding(connection, found.mysql_database)
        filled = filled_tables(connection)
        if filled and not resuming:
            raise UserError(
                f"There is no checkpoint to go on from, but {', '.join(filled)} in MySQL's "
                f"{found.mysql_database} hold rows, and fresh sums would overwrite them; name a "
                f"checkpoint with --from, or choose an empty mysql_database."
            )
        try:
            create_tables(connection, settings)
        except pymysql.err.MySQLError as error:
            raise UserError(
                f"MySQL does not make the tables of {found.mysql_database}: {error.args[-1]}"
            ) from None


def _refuse_folding(connection: pymysql.connections.Connection, database: str) -> None:
    """Refuse a database whose keys fold case, accents or blanks: two of ours would be one row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@collation_database")
        (collation,) = cursor.fetchone() or ("",)
    if collation not in COLLATIONS.values():
        wanted = wanted_collation(connection.get_server_info())
        raise UserError(
            f"MySQL's database {database} compares texts by {collation}, which takes keys like "
            f"'a' and 'A' for one; before it has tables, say ALTER DATABASE `{database}` "
            f"CHARACTER SET utf8mb4 COLLATE {wanted}, or choose another mysql_database."
        )


def refusal(output: str, origin: str) -> str:
    """Why Flink did not take the job, in a sentence. origin: what it was to go on from, or ''."""
    if _UNFIT in output:
        return (
            f"{origin} was written by another version of the job, whose sums this one cannot go on "
            "with; give mysql_database and consumer_group new names, and the job reads the log "
            "from its start, or go on with that version."
        )
    return f"Flink did not take the job: {cause(output)}"


def cause(output: str) -> str:
    """The line of a failed submission that tells most."""
    causes = [
        line.strip(" :")
        for line in output.splitlines()
        # Java's word for an error that Python has printed further up.
        if "Python process exits with code" not in line
        and re.match(r"(\s*Caused by:|:? ?[\w.]*(Error|Exception)\b)", line)
    ]
    return causes[-1] if causes else (output.strip().splitlines() or ["no output"])[-1]
