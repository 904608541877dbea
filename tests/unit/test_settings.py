"""Settings: where they come from, what is refused, and that the docs name every one."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from betpnl.commands.settings import markdown_table, shown
from betpnl.errors import UserError
from betpnl.paths import PROJECT
from betpnl.settings import Settings


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("BETPNL_")]:
        monkeypatch.delenv(name)
    empty = tmp_path / "empty.toml"
    empty.touch()
    monkeypatch.setenv("BETPNL_CONFIG", str(empty))


def _file(monkeypatch: pytest.MonkeyPatch, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("BETPNL_CONFIG", str(path))


def test_argument_wins_over_environment_wins_over_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _file(monkeypatch, tmp_path / "a.toml", 'parallelism = 2\nbase_currency = "GBP"\n')
    monkeypatch.setenv("BETPNL_PARALLELISM", "3")

    assert Settings.load().parallelism == 3
    assert Settings.load(["--parallelism", "4"]).parallelism == 4
    assert Settings.load(["--parallelism=5"]).parallelism == 5
    assert Settings.load(parallelism=6).parallelism == 6
    assert Settings.load().base_currency == "GBP"


def test_relative_path_is_below_the_project() -> None:
    assert Settings.load(["--home", "somewhere"]).home == PROJECT / "somewhere"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--topic-partitions", "0"], "topic_partitions (BETPNL_TOPIC_PARTITIONS)"),
        (["--flush-max-row", "1"], "did you mean flush_max_rows?"),
        (["--parallelism"], "has no value"),
        (["--mysql-url", "mysql://me:secret@host"], "mysql_password_file"),
        (["--mysql-url", "jdbc:mysql://host"], "mysql://user@host:3306"),
        (["--mysql-url", "mysql://me@host/db"], "mysql_database"),
        (["--flink-rest-url", "localhost:8081"], "http://host:8081"),
        (["--base-currency", "euro"], "base_currency"),
        (["--parallelism", "3", "--bet-sink-parallelism", "3"], "0 takes one more"),
    ],
)
def test_bad_argument_is_one_sentence_with_the_fix(argv: list[str], words: str) -> None:
    with pytest.raises(UserError) as caught:
        Settings.load(argv)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETPNL_MYSQL_URI", "x")
    with pytest.raises(UserError, match="did you mean mysql_url"):
        Settings.load()


def test_unknown_name_in_the_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _file(monkeypatch, tmp_path / "a.toml", "kafka_prot = 1\n")
    with pytest.raises(UserError, match="did you mean kafka_port"):
        Settings.load()


def test_broken_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _file(monkeypatch, tmp_path / "a.toml", "parallelism = \n")
    with pytest.raises(UserError, match=r"a\.toml cannot be read"):
        Settings.load()


def test_missing_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETPNL_CONFIG", "nowhere.toml")
    with pytest.raises(UserError, match=r"nowhere\.toml, which is not a file"):
        Settings.load()


def test_password_comes_from_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret\n", encoding="utf-8")
    assert Settings.load(mysql_password_file=secret).resolved_mysql_password() == "s3cret"
    with pytest.raises(UserError, match="mysql_password_file"):
        Settings.load(mysql_password_file=tmp_path / "no").resolved_mysql_password()


def test_secret_is_never_shown() -> None:
    settings = Settings.load(mysql_password="s3cret")
    assert "s3cret" not in repr(settings)
    assert shown(SecretStr("s3cret")) == "********"


def test_child_process_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Settings.load(mysql_password="s3cret", flush_max_rows=1, home=Path("/tmp/elsewhere"))
    for name, value in before.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.load() == before


def test_every_setting_is_described_and_documented() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    documented = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert markdown_table() in documented, "write `betpnl settings --markdown` into the docs"
