"""Which MySQL is taken, and how it is run."""

from pathlib import Path

import pytest

from betpnl.settings import Settings
from betpnl.stack import mysql_server
from betpnl.stack.endpoints import Endpoints
from betpnl.stack.mysql_server import MysqlServer
from betpnl.stack.mysql_service import BINARY_LOG, COMMON_OPTIONS, Mysql
from betpnl.stack.service import Place


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("9.7.4-2", (9, 7, 4)), ("8.0.36", (8, 0, 36)), ("11.4.5-MariaDB", (11, 4, 5)), ("", ())],
)
def test_version_is_compared_by_its_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert mysql_server.version_tuple(version) == numbers


def test_mariadb_under_the_name_of_mysqld_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mysqld = tmp_path / "mysqld"
    mysqld.write_text("#!/bin/sh\necho mysqld  Ver 10.11.6-MariaDB for debian\n", encoding="utf-8")
    mysqld.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert mysql_server.mysql_on_path() is None

    mysqld.write_text("#!/bin/sh\necho mysqld  Ver 8.4.2 for Linux\n", encoding="utf-8")
    found = mysql_server.mysql_on_path()
    assert found is not None
    assert (found.version, found.command) == ("8.4.2", (str(mysqld),))


def test_users_get_only_the_rights_they_need(tmp_path: Path) -> None:
    place = Place(Settings.load(home=tmp_path, mysql_database="my_bets"), {"mysql": 3306})
    server = MysqlServer("mysql", "9.7.4", "test", ("mysqld",))
    grants = [line for line in Mysql(place).statements(server) if line.startswith("GRANT")]
    assert grants == [
        r"GRANT ALL PRIVILEGES ON `my\_bets`.* TO 'betpnl'@'127.0.0.1';",
        r"GRANT ALL PRIVILEGES ON `my\_bets\_%`.* TO 'betpnl'@'127.0.0.1';",
        r"GRANT SELECT, SHOW VIEW ON `my\_bets`.* TO 'betpnl_read'@'127.0.0.1';",
        r"GRANT SELECT, SHOW VIEW ON `my\_bets\_%`.* TO 'betpnl_read'@'127.0.0.1';",
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `my_bets`.pnl_limit "
        "TO 'betpnl_board'@'127.0.0.1';",
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `my_bets`.limit_breach "
        "TO 'betpnl_board'@'127.0.0.1';",
    ]


def test_every_commit_is_durable() -> None:
    assert "--innodb-flush-log-at-trx-commit=1" in COMMON_OPTIONS
    assert "--sync-binlog=1" in BINARY_LOG


def test_a_binary_log_is_written_where_something_follows_it(tmp_path: Path) -> None:
    server = MysqlServer("mysql", "9.7.4", "test", ("mysqld",))
    alone = Place(Settings.load(home=tmp_path), {"mysql": 3306})
    followed = Place(Settings.load(home=tmp_path, mysql_source="shop.toml"), {"mysql": 3306})

    assert "--skip-log-bin" in Mysql(alone).options(server, tmp_path)
    assert "--log-bin=binlog" in Mysql(followed).options(server, tmp_path)
    assert "--skip-log-bin" not in Mysql(followed).options(server, tmp_path)


def test_jdbc_address_is_utc_and_batches() -> None:
    found = Endpoints(
        mysql_host="127.0.0.1",
        mysql_port=3307,
        mysql_user="betpnl",
        mysql_password="s3cret",
        mysql_database="betpnl",
        mysql_version="",
        mysql_source="",
        kafka_bootstrap="",
        flink_rest_url="",
    )
    assert found.jdbc_url.startswith("jdbc:mysql://127.0.0.1:3307/betpnl?")
    assert "rewriteBatchedStatements=true" in found.jdbc_url
    assert "sessionVariables=time_zone='+00:00'" in found.jdbc_url
    assert "s3cret" not in found.jdbc_url + repr(found)
