"""The source file: what is taken, and that every mistake is one sentence with its key."""

import re
from pathlib import Path

import pytest

from betpnl.errors import UserError
from betpnl.paths import PROJECT
from betpnl.source.file import Section, Server, load

MINIMAL = """
[bets]
tables = { "shop.ticket" = ["id"] }
select = "SELECT id AS `key`, 'x%' AS region FROM shop.ticket WHERE id IN :keys;"
"""


def _load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("name", ["shop.toml", "single.toml"])
def test_the_examples_are_taken(name: str) -> None:
    assert "bets" in load(PROJECT / "docs" / "examples" / name).sections


def test_keys_are_bound_and_a_percent_sign_stays(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(MINIMAL, encoding="utf-8")

    section = load(path).sections["bets"]

    assert section.statement == (
        "SELECT id AS `key`, 'x%%' AS region FROM shop.ticket WHERE id IN %s"
    )
    assert section.places == 1
    assert section.statement % "(1, 2)" == (
        "SELECT id AS `key`, 'x%' AS region FROM shop.ticket WHERE id IN (1, 2)"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "none of the sections bets, results, games, odds"),
        ("[bets", "cannot be read"),
        ("[mysql]\nuser = 'x'" + MINIMAL, "there is no key mysql.user"),
        ("[mysql]\nurl = 'mysql://me:secret@db'" + MINIMAL, "mysql.url: must not hold a password"),
        ("[mysql]\nurl = 'mysql://me@db/shop'" + MINIMAL, "must not name a database"),
        ("[mysql]\nurl = 'jdbc:mysql://db'" + MINIMAL, "must look like mysql://user@host:3306"),
        ("[mysql]\ntime_zone = 'Mars'" + MINIMAL, "mysql.time_zone: is not a time zone"),
        ("[mysql]\ntime_zone = 'Europe'" + MINIMAL, "mysql.time_zone: is not a time zone"),
        ("[mysql]\nurl = 'mysql://me@db:70000'" + MINIMAL, "mysql.url: port out of range"),
        ("[mysql]\nurl = 'mysql://me@db:http'" + MINIMAL, "mysql.url: port could not be cast"),
        ("[mysql]\ntls = 'verify_ca'" + MINIMAL, "needs tls_ca"),
        ("[mysql]\npassword_env = 'A'\npassword_file = 'b'" + MINIMAL, "exclude each other"),
        ("[bets]\nselect = 'SELECT 1 FROM t WHERE id IN :keys'", "bets.tables is missing"),
        (MINIMAL.replace('shop.ticket" =', 'ticket" ='), "bets.tables"),
        (MINIMAL.replace('["id"]', '["id`; DROP"]'), "bets.tables"),
        (MINIMAL.replace(":keys", "(1)"), "bets.select: must say which records to read"),
        (MINIMAL.replace("SELECT id", "DELETE id"), "bets.select: must be one SELECT"),
        (MINIMAL.replace('["id"]', '["id", "n"]'), "by 2 columns, but key has 1"),
        (MINIMAL + "deleted = 'x'", "bets.deleted"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        _load(tmp_path, text)

    assert words in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "shop.toml" in str(caught.value)


def test_a_password_comes_from_a_variable_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_text("from file\n", encoding="utf-8")
    monkeypatch.setenv("SHOP_PASSWORD", "from variable")

    assert Server(password_file=file).password() == "from file"
    assert Server(password_env="SHOP_PASSWORD").password() == "from variable"
    with pytest.raises(UserError, match="NOWHERE, which password_env"):
        Server(password_env="NOWHERE").password()


def test_every_key_is_in_the_docs() -> None:
    text = (PROJECT / "docs" / "mysql-source.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", text, re.MULTILINE))

    for model in (Server, Section):
        for name, field in model.model_fields.items():
            assert field.description, name
            assert field.description in documented.get(name, ""), f"{name}: {field.description}"
