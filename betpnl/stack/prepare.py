"""The last step of `make setup`: Flink's home, and a MySQL server where it has to be fetched."""

from __future__ import annotations

import sys

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import flink_home, mysql_server


def main() -> None:
    """Fill the cache; prints each step."""
    settings = Settings.load()
    flink_home.path(settings)
    if not settings.mysql_url:
        server = mysql_server.find(settings, _say)
        _say(f"{server.flavour} {server.version} ({server.source})")


def _say(line: str) -> None:
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"betpnl setup: {error}")
