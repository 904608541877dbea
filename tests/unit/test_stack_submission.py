"""Submission: what is kept and what is said, without a cluster."""

import os
from pathlib import Path

import pytest

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import submission
from betpnl.stack.flink_conf import state_folder


def test_only_checkpoints_of_jobs_before_the_last_are_removed(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path)
    checkpoints = state_folder(settings) / "checkpoints"
    folders = [checkpoints / name for name in ("oldest", "last", "new")]
    for age, folder in enumerate(folders):
        (folder / "chk-1").mkdir(parents=True)
        os.utime(folder, (1000 + age, 1000 + age))

    submission.prune(settings, checkpoints / "last" / "chk-1")

    assert [folder.exists() for folder in folders] == [False, True, True]


def test_cause_is_the_innermost_that_flink_names() -> None:
    output = "java.lang.RuntimeException: outer\n\tat some.Where\nCaused by: a.BError: inner\n"
    assert submission.cause(output) == "Caused by: a.BError: inner"
    from_python = (
        "py4j.protocol.Py4JJavaError: An error occurred while calling o1.execute.\n"
        ": java.lang.IllegalStateException: no operators\n\tat some.Where\n"
        "a.ProgramAbortException: java.lang.RuntimeException: Python process exits with code: 1\n"
        "Caused by: java.lang.RuntimeException: Python process exits with code: 1\n"
    )
    assert submission.cause(from_python) == "java.lang.IllegalStateException: no operators"
    assert submission.cause("only this\n") == "only this"
    assert submission.cause("") == "no output"


def test_a_checkpoint_of_another_version_is_told_without_flinks_advice() -> None:
    output = (
        "Caused by: java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint "
        "file:/state/chk-14. Cannot map checkpoint/savepoint state for operator 2e0b to the new "
        "program, because the operator is not available in the new program. If you want to allow "
        "to skip this, you can set the --allowNonRestoredState option on the CLI.\n"
    )

    told = submission.refusal(output, "file:/state/chk-14")

    assert told.startswith("file:/state/chk-14 was written by another version of the job")
    assert "mysql_database" in told
    assert "allowNonRestoredState" not in told
    assert submission.refusal("a.BError: inner\n", "") == (
        "Flink did not take the job: a.BError: inner"
    )


@pytest.mark.parametrize("name", ["model_path", "challenger_path"])
def test_a_broken_model_is_refused_before_anything_is_asked_of_the_cluster(
    tmp_path: Path, name: str
) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"half")

    with pytest.raises(UserError, match=f"broken.onnx is not a usable.*{name}"):
        submission.submit(Settings.load(home=tmp_path, **{name: broken}))
    with pytest.raises(UserError, match=f"cannot be read.*{name}"):
        submission.check_models(Settings.load(home=tmp_path, **{name: tmp_path / "none"}))


def test_files_that_only_a_cluster_of_others_has_are_its_to_refuse(tmp_path: Path) -> None:
    submission.check_models(
        Settings.load(
            home=tmp_path,
            flink_rest_url="http://flink.example:8081",
            model_path=tmp_path / "there.onnx",
        )
    )


def test_a_checkpoint_of_the_other_state_backend_is_refused_with_both_ways_out(
    tmp_path: Path,
) -> None:
    heap, disk = (Settings.load(home=tmp_path, state_backend=it) for it in ("hashmap", "rocksdb"))
    submission.refuse_other_backend(disk, "file:/state/chk-14")

    submission.remember_backend(heap)

    submission.refuse_other_backend(heap, "file:/state/chk-14")
    with pytest.raises(UserError, match=r"chk-14 was written with.*hashmap again, or.*start"):
        submission.refuse_other_backend(disk, "file:/state/chk-14")
