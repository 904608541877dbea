"""Tokens: who gets in, what is kept, and that changes count at once."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from betpnl.api import token_file, tokens
from betpnl.api.token_book import TokenBook, file_of
from betpnl.cli import app
from betpnl.errors import UserError
from betpnl.stack.memory import exclusive
from tests.unit.api_serving import add_token, logged, settings

NOW = tokens.utc_now()


def test_a_token_is_found_by_its_whole_text_only() -> None:
    text, kept = tokens.new("acme", ["bets:write"], NOW)
    _, other = tokens.new("other", ["bets:write"], NOW)
    known = {kept.id: kept, other.id: other}

    assert tokens.find(known, text, NOW) == kept
    for wrong in (
        "",
        "betpnl",
        f"betpnl_{kept.id}_",
        text[:-1],
        text + "x",
        text + "x" * 200,
        text.upper(),
        text.replace(kept.id, other.id),
        text.replace("betpnl_", "betpnl__"),
        kept.sha256,
        "\udcff",
    ):
        assert tokens.find(known, wrong, NOW) is None, wrong


def test_a_token_expires() -> None:
    text, kept = tokens.new("acme", ["bets:write"], NOW, expires_days=1)
    known = {kept.id: kept}

    assert tokens.find(known, text, NOW + timedelta(hours=23)) == kept
    assert tokens.find(known, text, NOW + timedelta(days=1)) is None


def test_two_tokens_differ_in_a_long_random_part() -> None:
    first, second = (tokens.new("acme", ["bets:write"], NOW)[0] for _ in range(2))

    # 43 characters of base64 are 256 bits.
    assert len(first.split("_", 2)[2]) == 43
    assert first.split("_", 2)[2] != second.split("_", 2)[2]


def test_only_the_hash_is_kept_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    given = settings(tmp_path)
    text = add_token(given)
    path = file_of(given)

    assert text.split("_", 2)[2] not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_change_of_the_file_counts_at_once(tmp_path: Path) -> None:
    given = settings(tmp_path)
    book = TokenBook(given)
    assert not book.has_any(NOW)

    old = add_token(given)
    new = add_token(given)
    assert [book.find(text, NOW) is not None for text in (old, new)] == [True, True]

    token_file.revoke(file_of(given), old.split("_")[1])
    assert [book.find(text, NOW) is not None for text in (old, new)] == [False, True]


@pytest.mark.parametrize("content", ["", "{", '{"tokens": [{"id": 1}]}', '{"tokens": [], "x": 1}'])
def test_a_broken_file_takes_nobodys_access_away(tmp_path: Path, content: str) -> None:
    given = settings(tmp_path)
    text = add_token(given)
    book = TokenBook(given)

    with logged() as lines:
        file_of(given).write_text(content, encoding="utf-8")
        assert book.find(text, NOW) is not None
        assert book.find(text, NOW) is not None
        file_of(given).unlink()
        assert book.find(text, NOW) is not None

    assert [line["event"] for line in lines] == ["tokens_unreadable", "tokens_unreadable"]


def test_a_broken_file_is_never_written_over(tmp_path: Path) -> None:
    given = settings(tmp_path)
    file_of(given).write_text("{", encoding="utf-8")

    with pytest.raises(UserError, match="cannot be read"):
        add_token(given)

    assert file_of(given).read_text(encoding="utf-8") == "{"


def test_one_change_at_a_time(tmp_path: Path) -> None:
    path = file_of(settings(tmp_path))

    with (
        exclusive(path.with_name(f".{path.name}.lock"), "busy"),
        pytest.raises(UserError, match="try again"),
    ):
        add_token(settings(tmp_path))


def test_tokens_come_from_a_setting_too(tmp_path: Path) -> None:
    given = settings(tmp_path)
    text = add_token(given)
    exported = token_file.text_of(token_file.read(file_of(given)))

    book = TokenBook(settings(tmp_path / "elsewhere", api_tokens=exported))

    assert book.find(text, NOW) is not None
    with pytest.raises(UserError, match="api_tokens"):
        TokenBook(settings(tmp_path, api_tokens='{"tokens": [{"id": "secret"}]}'))


def _betpnl(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(
        app, ["token", *arguments], env={"BETPNL_HOME": str(home), "COLUMNS": "200"}
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_makes_lists_exports_and_revokes(tmp_path: Path) -> None:
    text = _betpnl(
        tmp_path, "add", "acme", "--scope", "bets:write", "--expires-days", "3", "--rate", "100"
    ).strip()
    given = settings(tmp_path)
    found = TokenBook(given).find(text, NOW)

    assert found is not None
    assert (found.name, found.scopes, found.records_per_s) == ("acme", ["bets:write"], 100)
    assert found.expires_at is not None
    listed = _betpnl(tmp_path, "list")
    assert found.id in listed
    assert "acme" in listed
    assert found.sha256 in _betpnl(tmp_path, "export")
    assert text.split("_", 2)[2] not in listed + _betpnl(tmp_path, "export")

    _betpnl(tmp_path, "revoke", found.id)
    assert TokenBook(given).find(text, NOW) is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "a b", "--scope", "bets:write"], "A name has"),
        (["add", "acme", "--scope", "bets:read"], "no scope bets:read"),
        (["revoke", "123"], "no token 123"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(app, ["token", *arguments], env={"BETPNL_HOME": str(tmp_path)})

    assert isinstance(done.exception, UserError)
    assert words in str(done.exception)
