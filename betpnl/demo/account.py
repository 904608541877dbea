"""What became of the records that were sent: counted in the log and in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pymysql.connections import Connection

from betpnl.contract.topics import BETS
from betpnl.replay import Report
from betpnl.verify.log import Offsets


@dataclass(frozen=True)
class BetRows:
    """Rows of MySQL that each stand for one record of the topic of bets.

    newest: in bet; earlier: in bet_version, older and repeated ones; rejected: in bet_reject.
    """

    newest: int
    earlier: int
    rejected: int

    @property
    def total(self) -> int:
        """All three."""
        return self.newest + self.earlier + self.rejected


@dataclass(frozen=True)
class Account:
    """sent, arrived: records of this run, handed over and found in the log, by topic.

    log: records in the topic of bets, those of earlier runs among them; rows: what MySQL has.
    unsure: records that Kafka has not acknowledged.
    """

    sent: Mapping[str, int]
    arrived: Mapping[str, int]
    unsure: int
    log: int
    rows: BetRows

    @property
    def faults(self) -> list[str]:
        """What does not add up, in sentences; [] when every record is accounted for."""
        found = [
            f"{count:,} records were sent to {topic}, but its log grew by "
            f"{self.arrived.get(topic, 0):,}."
            for topic, count in self.sent.items()
            if count != self.arrived.get(topic, 0)
        ]
        if self.unsure:
            found.append(f"Kafka has not acknowledged {self.unsure:,} records.")
        if self.rows.total != self.log:
            found.append(
                f"The log holds {self.log:,} records of bets, and MySQL rows for "
                f"{self.rows.total:,}."
            )
        return found


def account(report: Report, before: Offsets, after: Offsets, rows: BetRows) -> Account:
    """Hold a run's report against the log's ends before and after it, and the tables."""
    return Account(
        sent=dict(report.topics),
        arrived={topic: sum(ends) - sum(before[topic]) for topic, ends in after.items()},
        unsure=report.waiting + report.failures,
        log=sum(after[BETS.name]),
        rows=rows,
    )


def bet_rows(connection: Connection) -> BetRows:
    """Count the rows. Raises pymysql.MySQLError."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COUNT(*) FROM bet), (SELECT COUNT(*) FROM bet_version), "
            "(SELECT COUNT(*) FROM bet_reject WHERE topic = %s)",
            (BETS.name,),
        )
        newest, earlier, rejected = cursor.fetchone()
    return BetRows(newest, earlier, rejected)
