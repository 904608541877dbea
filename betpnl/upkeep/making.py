"""The duties of a deployment, wired to its servers."""

from __future__ import annotations

from collections.abc import Sequence

from pymysql.connections import Connection

from betpnl.archive.duty import ArchiveDuty
from betpnl.archive.place import folder
from betpnl.archive.run import Ages
from betpnl.mysql import connect
from betpnl.publisher import Publisher
from betpnl.risk.duty import RiskDuty
from betpnl.settings import Settings
from betpnl.stack.resolve import endpoints, kafka_bootstrap
from betpnl.upkeep.adjust import ACK_TIMEOUT_S, Adjust
from betpnl.upkeep.duty import Duty, NotYetError

# A server that is silent for so long is asked anew.
_READ_TIMEOUT_S = 60.0
_NEEDED = ("bet", "market_cancel", "selection_result", "game_risk")


def duties(settings: Settings) -> Sequence[Duty]:
    """Every duty; none reaches for a server before its first step."""
    return (
        Adjust(
            lambda: _tables(settings),
            lambda: Publisher(
                kafka_bootstrap(settings), settings.topic_prefix, ack_timeout_s=ACK_TIMEOUT_S
            ),
            settings.base_currency,
        ),
        RiskDuty(
            lambda: _tables(settings),
            settings.risk_interval_ms / 1000,
        ),
        ArchiveDuty(
            lambda: _tables(settings, read_timeout_s=None),
            folder(settings),
            Ages(settings.retain_bets_days, settings.retain_buckets_days),
        ),
    )


def _tables(settings: Settings, read_timeout_s: float | None = _READ_TIMEOUT_S) -> Connection:
    """A connection to the job's tables. Raises NotYetError before a first job has made them."""
    connection = connect(endpoints(settings), read_timeout_s=read_timeout_s)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name IN %s",
            (_NEEDED,),
        )
        ((found,),) = cursor.fetchall()
    if found < len(_NEEDED):
        connection.close()
        raise NotYetError
    return connection
