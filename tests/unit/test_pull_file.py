"""A pull's file: what is wrong with it is said in one sentence that names the file and the key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from betpnl.errors import UserError
from betpnl.paths import PROJECT
from betpnl.pull.auth_file import Secret
from betpnl.pull.faults import Fault
from betpnl.pull.keys import markdown_tables
from betpnl.pull.loading import load

GOOD = """
topic = "games"
url = "https://api.example/games"
records = "data"
[paging]
kind = "cursor"
parameter = "after"
next = "next"
"""
SINCE = """
topic = "games"
url = "https://api.example/games"
records = "data"
[paging]
kind = "since"
parameter = "since"
field = "at"
type = "time"
overlap = 10
"""


def _load(folder: Path, text: str, name: str = "games.toml") -> Any:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("path", sorted((PROJECT / "docs/examples/pull").glob("*.toml")))
def test_the_examples_are_right(path: Path) -> None:
    assert load(path).name == path.stem


def test_a_good_file_is_read(tmp_path: Path) -> None:
    pull = _load(tmp_path, GOOD)

    assert (pull.name, pull.topic.name, pull.folder) == ("games", "games", tmp_path)


BEARER = '[auth]\nkind = "bearer"\ntoken = { env = "T" }\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("topic =", "is no TOML"),
        ('a = "\\uD800"', "is no TOML"),
        (GOOD.replace("topic", "topik"), "topik is no key; did you mean topic?"),
        (GOOD.replace("games", "game", 1), "topic: input should be 'bets', 'results', 'odds' or"),
        (GOOD.replace("url", "zzz"), "zzz is no key; there are topic, name, url"),
        (GOOD.replace('kind = "cursor"', 'kind = "cursors"'), "paging.kind must be one of"),
        (GOOD.replace('kind = "cursor"', ""), "paging.kind is missing"),
        (GOOD.replace("parameter", "paramater"), "paging: paramater is no key; did you mean param"),
        (GOOD.replace('next = "next"', ""), "paging.next is missing"),
        (GOOD.replace('next = "next"', 'next = "a["'), "paging.next: a[ is no JMESPath expression"),
        (GOOD.replace('next = "next"', 'next = "f(a)"'), "calls f(), which JMESPath does not have"),
        (GOOD.replace('"next"', "1"), "paging.next: must be a JMESPath expression, as text"),
        (GOOD.replace("https://", ""), "url: must look like https://host/path"),
        (GOOD.replace("https://", "https://me:pw@"), "url: must not hold a user or password"),
        (GOOD.replace("/games", "/games?api_key=1"), "url: must not hold a secret"),
        (GOOD.replace('records = "data"', ""), "records is needed"),
        (GOOD + "size = 0\n", "paging.size: input should be greater than or equal to 1"),
        (GOOD + 'size_parameter = "n"\n', "paging: size is missing beside size_parameter"),
        (GOOD + '[headers]\nX-Api-Key = "k"\n', "headers: X-Api-Key looks like a secret"),
        (GOOD + '[headers]\nX-A = "a\\nb"\n', "headers: X-A must be one line of ASCII"),
        (GOOD + '[params]\naccess_token = "k"\n', "params: access_token looks like a secret"),
        (GOOD + '[auth]\nkind = "bearer"\ntoken = "k"\n', "auth.token: must not stand here itself"),
        (GOOD + '[auth]\nkind = "bearer"\n', "auth.token is missing"),
        (
            GOOD + '[auth]\nkind = "bearer"\ntoken = { evn = "T" }\n',
            "auth.token: evn is no key; did you mean env?",
        ),
        (GOOD + '[auth]\nkind = "bearer"\ntoken = {}\n', "auth.token: needs either { env"),
        (
            GOOD + '[auth]\nkind = "bearer"\ntoken = { env = "BETPNL_T" }\n',
            "auth.token: env must not begin with BETPNL_",
        ),
        (
            GOOD.replace("https://", "http://") + BEARER,
            "url would send credentials unencrypted; use https://, or set plain_http = true",
        ),
        (
            GOOD + '[auth]\nkind = "oauth2"\ntoken_url = "http://t.example"\nclient_id = "c"\n'
            'client_secret = { env = "T" }\n',
            "auth.token_url would send credentials unencrypted",
        ),
        (GOOD + "[limits]\ntimeout = 3\n", "limits: timeout is no key; did you mean timeout_s?"),
        (GOOD + "[limits]\ntimeout_s = 0\n", "limits.timeout_s: input should be greater than 0"),
        (GOOD + "[limits]\ntimeout_s = inf\n", "limits.timeout_s: "),
        (GOOD + "[fields]\ngame = 'a'\n", "fields.game is no field of the contract; did you mean"),
        (GOOD + "[fields]\ngame_id = 'a'\n", "fields.version is missing, which the contract needs"),
        (GOOD + "[fields]\ngame_id = 'a('\n", "fields.game_id.at: a( is no JMESPath"),
        (GOOD + "[fields]\ngame_id = {}\n", "fields.game_id: needs one of at, value"),
        (GOOD + "[fields.game_id]\nat = 'a'\nvalue = 1\n", "fields.game_id: value does not go"),
        (GOOD + "[fields.game_id]\nat = 'a'\nas = 'int'\n", "fields.game_id.as: input should be"),
        (GOOD + "[fields.game_id]\nat = 'a'\nzone = 'Malta'\n", "Malta is no time zone"),
        (GOOD + "[fields.game_id]\neach = 'a'\n", "fields.game_id: each needs either fields, or"),
        (GOOD + "[fields.game_id]\nat = 'a'\notherwise = 1\n", "otherwise goes with map only"),
        (
            GOOD + "[fields]\ngame_id='a'\nversion='a'\nsport='a'\n[fields.home.fields]\nx='a'\n",
            "fields.home has no fields in the contract",
        ),
        (SINCE, "paging: needs either size"),
        (SINCE + "size = 0\nstart = 'soon'\n", "paging: start is no time"),
        (SINCE + "size = 0\n[paging.inner]\nkind = 'next'\n", "paging: needs either size"),
        (SINCE + "[paging.inner]\nkind = 'since'\n", "paging.inner.kind must be one of"),
        (SINCE + "[paging.inner]\nkind = 'cursor'\nnext = 'a'\n", "inner.parameter is missing"),
        (
            SINCE.replace('"time"', '"number"') + "size = 5\n",
            "paging: overlap must be less than size",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError) as error:
        _load(tmp_path, text)

    said = str(error.value)
    assert said.startswith(f"{tmp_path / 'games.toml'}")
    assert words in said
    assert "\n" not in said
    assert said.endswith(".")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no\.toml cannot be read: No such file"):
        load(tmp_path / "no.toml")


def test_a_name_that_cannot_be_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="set name ="):
        _load(tmp_path, GOOD, "my games.toml")
    assert _load(tmp_path, f'name = "g"\n{GOOD}', "my games.toml").name == "g"
    with pytest.raises(UserError, match="name: string should match"):
        _load(tmp_path, f'name = "../g"\n{GOOD}')


@pytest.mark.parametrize("text", ["", "  \n", "a\nb", "clé"])
def test_a_secret_that_cannot_be_one_is_refused_without_being_told(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "key").write_text(text, encoding="utf-8")

    with pytest.raises(Fault) as fault:
        Secret(file=Path("key")).read(tmp_path)
    assert str(tmp_path / "key") in str(fault.value)
    assert not text.strip() or text not in str(fault.value)


def test_every_key_is_described_and_documented() -> None:
    page = (PROJECT / "docs" / "pull.md").read_text(encoding="utf-8")
    tables = markdown_tables()

    assert "|  |" not in "".join(tables.values())
    for title, table in tables.items():
        assert f"{title}\n\n{table}" in page, "write betpnl.pull.keys.markdown() into the docs"


def test_the_example_of_the_docs_is_the_file() -> None:
    page = (PROJECT / "docs" / "pull.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    assert (PROJECT / "docs/examples/pull/bets.toml").read_text(encoding="utf-8") in blocks
