"""The embedded MySQL: durable to the last commit, UTC, binary collation."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pymysql

from betpnl.errors import UserError
from betpnl.source.file import load
from betpnl.stack import memory, mysql_server
from betpnl.stack.mysql_server import MysqlServer, Report
from betpnl.stack.ports import HOST
from betpnl.stack.process import tail
from betpnl.stack.service import Launch, Service

USER = "betpnl"
READ_USER = "betpnl_read"
BOARD_USER = "betpnl_board"
SOURCE_USER = "betpnl_source"

# What people set on the board; to write them is all that the board's user may.
BOARD_TABLES = ("pnl_limit", "limit_breach")

# Binary and without padding: keys that Flink tells apart are never one row in the database.
COLLATIONS = {"mysql": "utf8mb4_0900_bin", "mariadb": "utf8mb4_nopad_bin"}

SOCKET = "mysql.sock"


def wanted_collation(version: str) -> str:
    """The collation for a server of this version, as the server itself words it."""
    return COLLATIONS["mariadb" if "MariaDB" in version else "mysql"]


COMMON_OPTIONS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    # Relative to the data folder: a socket's path may have 107 characters, a project's more.
    f"--socket={SOCKET}",
    "--pid-file=mysqld.pid",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    # A commit that was answered survives a power cut.
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-flush-method=O_DIRECT",
    "--max-connections=200",
    # Memory and CPU that nobody looks at.
    "--performance-schema=OFF",
)

FLAVOUR_OPTIONS = {
    "mysql": (
        "--mysqlx=0",
        "--secure-file-priv=NULL",
        "--innodb-redo-log-capacity=1G",
    ),
    "mariadb": ("--innodb-log-file-size=1G",),
}
# For `mysql_source` alone: it costs a quarter of what a row does, and no commit is safer for it.
BINARY_LOG = (
    "--log-bin=binlog",
    "--sync-binlog=1",
    # Enough for a change stream to catch up, and bounded on disk.
    "--binlog-expire-logs-seconds=86400",
)
NO_BINARY_LOG = ("--skip-log-bin",)


class Mysql(Service):
    """MySQL, or MariaDB where that was asked for or nothing else can be had."""

    name = "mysql"
    wants_ports = (("mysql", "mysql_port", 3306),)
    _server: MysqlServer | None = None

    @property
    def port(self) -> int:
        """The port that clients connect to."""
        return self.place.ports["mysql"]

    @property
    def log(self) -> Path:
        """Where mysqld writes."""
        return self.place.logs / "mysql.log"

    def prepare(self, report: Report) -> Launch:
        """Find a server, make its data folder on first use, and write down its users."""
        server = self._server = mysql_server.find(self.settings, report)
        folder = self.place.home / server.flavour
        data = folder / "data"
        options = self.options(server, data)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if not data.is_dir():
            report(f"{server.flavour}: making its data folder")
            self._initialise(server, data, options)
        # After a crash the lock names a pid that may be a zombie or somebody else's by now, and
        # mysqld would not start. That ours is gone is known; InnoDB locks its files besides.
        for name in (SOCKET, f"{SOCKET}.lock"):
            (data / name).unlink(missing_ok=True)
        init_file = folder / "init.sql"
        memory.write_private(init_file, "\n".join(self.statements(server)) + "\n")
        command = (
            *server.command,
            "--no-defaults",
            *options,
            f"--port={self.port}",
            f"--init-file={init_file}",
            f"--innodb-buffer-pool-size={self.settings.mysql_buffer_pool_mb}M",
        )
        return Launch(command, log=self.log, cwd=self.place.home)

    def answers(self) -> str:
        """The server's own version once it takes our user."""
        known = memory.passwords(self.place.home)
        try:
            with pymysql.connect(
                host=HOST,
                port=self.port,
                user=USER,
                password=known["mysql_betpnl"],
                database=self.settings.mysql_database,
                connect_timeout=2,
            ) as connection:
                return str(connection.get_server_info())
        except (pymysql.err.MySQLError, OSError):
            return ""

    def source(self) -> str:
        """Which of the possible servers this is."""
        return self._server.source if self._server else ""

    def statements(self, server: MysqlServer) -> list[str]:
        """What mysqld runs by itself at each start, before it takes connections."""
        known = memory.passwords(self.place.home)
        database = self.settings.mysql_database
        # `_` stands for any character in the name of a grant; a rebuild fills a second schema.
        patterns = [database.replace("_", r"\_"), database.replace("_", r"\_") + r"\_%"]
        rights = {USER: "ALL PRIVILEGES", READ_USER: "SELECT, SHOW VIEW"}
        lines = [
            f"CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4 "
            f"COLLATE {COLLATIONS[server.flavour]};",
            f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{known['mysql_root']}';",
            "DROP USER IF EXISTS ''@'localhost';",
        ]
        for user, right in rights.items():
            lines += _user_statements(user, known)
            lines += [
                f"GRANT {right} ON `{pattern}`.* TO {_account(user)};" for pattern in patterns
            ]
        lines += _user_statements(BOARD_USER, known)
        # A right to create lets a table be named that is not there yet, and only by its name:
        # nothing in it is a pattern.
        lines += [
            f"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `{database}`.{table} "
            f"TO {_account(BOARD_USER)};"
            for table in BOARD_TABLES
        ]
        if server.flavour == "mysql":
            lines += self._source_statements(known[memory.SOURCE_PASSWORD])
        return lines

    def _source_statements(self, password: str) -> list[str]:
        """The user who follows changes here, as long as a source file names this server."""
        account = _account(SOURCE_USER)
        lines = [f"DROP USER IF EXISTS {account};"]
        source = load(self.settings.mysql_source) if self.settings.mysql_source else None
        if source is None or source.server.url:
            return lines
        databases = {table.partition(".")[0].replace("_", r"\_") for table in source.tables}
        return [
            *lines,
            f"CREATE USER {account} IDENTIFIED BY '{password}';",
            f"GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO {account};",
            *(f"GRANT SELECT ON `{name}`.* TO {account};" for name in sorted(databases)),
        ]

    def options(self, server: MysqlServer, data: Path) -> tuple[str, ...]:
        """What mysqld is told, but for port and size."""
        # mysqld refuses to run as root unless told that this is meant.
        user = ("--user=root",) if os.geteuid() == 0 else ()
        return (
            *server.options,
            f"--datadir={data}",
            f"--collation-server={COLLATIONS[server.flavour]}",
            *COMMON_OPTIONS,
            *FLAVOUR_OPTIONS[server.flavour],
            *(NO_BINARY_LOG if self.settings.mysql_source is None else BINARY_LOG),
            *user,
        )

    def _initialise(self, server: MysqlServer, data: Path, options: tuple[str, ...]) -> None:
        # Made beside its place and then renamed: a half-made folder is never taken for a whole.
        making = data.with_name("data.making")
        shutil.rmtree(making, ignore_errors=True)
        making.parent.mkdir(parents=True, exist_ok=True)
        here = tuple(option.replace(str(data), str(making)) for option in options)
        if server.install:
            command = (
                *server.install,
                "--no-defaults",
                *(option for option in here if option.startswith(("--basedir", "--datadir"))),
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                *(option for option in here if option.startswith("--user")),
            )
        else:
            command = (*server.command, "--no-defaults", "--initialize-insecure", *here)
        with self.log.open("ab") as output:
            done = subprocess.run(command, stdout=output, stderr=output, cwd=making.parent)
        if done.returncode != 0:
            raise UserError(
                f"MySQL could not make its data folder {data}; its log {self.log} ends with:\n"
                f"{tail(self.log)}"
            )
        making.rename(data)


def _account(user: str) -> str:
    return f"'{user}'@'{HOST}'"


def _user_statements(user: str, known: dict[str, str]) -> list[str]:
    password = known[f"mysql_{user}"]
    return [
        f"CREATE USER IF NOT EXISTS {_account(user)} IDENTIFIED BY '{password}';",
        f"ALTER USER {_account(user)} IDENTIFIED BY '{password}';",
    ]
