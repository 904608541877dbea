"""The peer on Spark's Structured Streaming: micro-batches, one after the other without a pause.

The state of bets is in Spark's state store. Sums are kept in MySQL itself: each micro-batch adds
what it changes, in one transaction with its number, so that one which comes again after a fault
is told by its number and counts once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import spark_steps
from common import COUNTS, Deployment, added, sum_row
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming import StreamingQuery
from pyspark.sql.streaming.state import GroupStateTimeout
from tables import BET, connected, upsert

TASKS = int(os.environ.get("PEER_TASKS", "2"))
"""Side by side in each stage; one for each partition of the topic costs more than it gives."""
BATCH_BETS_MAX = 20_000
JARS = Path(sys.prefix) / "jars"
STATE_STORE = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
BATCHES = (
    "CREATE TABLE IF NOT EXISTS peer_batch (one INT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)"
)


class Tables:
    """Writes micro-batches to MySQL."""

    def __init__(self, deployment: Deployment) -> None:
        self._connection = connected(deployment.settings)
        with self._connection.cursor() as cursor:
            cursor.execute(BATCHES)
        self._connection.autocommit(False)

    def write(self, frame: DataFrame, number: int) -> None:
        """For `foreachBatch`."""
        changed = frame.toArrow().to_pydict()
        rows = {row[0]: row for row in map(spark_steps.row_of, changed["bet_row"])}
        parts = added(part for text in changed["parts"] for part in spark_steps.parts_of(text))
        with self._connection.cursor() as cursor:
            if rows and self._is_new(cursor, number):
                cursor.executemany(upsert(BET), [rows[bet_id] for bet_id in sorted(rows)])
                for table in COUNTS:
                    sums = [sum_row(*part) for part in sorted(parts) if part.table == table]
                    if sums:
                        cursor.executemany(upsert(table, adds=True), sums)
        self._connection.commit()

    def _is_new(self, cursor: Any, number: int) -> bool:
        """Whether a micro-batch is not in MySQL yet; from the commit on it is."""
        cursor.execute("SELECT number FROM peer_batch FOR UPDATE")
        found = cursor.fetchone()
        if found is not None and found[0] >= number:
            return False
        cursor.execute("REPLACE INTO peer_batch VALUES (1, %s)", (number,))
        return True


def session() -> SparkSession:
    """Driver and executor in one process, with all that makes small micro-batches quick."""
    config = {
        "spark.jars": ",".join(str(jar) for jar in sorted(JARS.glob("*.jar"))),
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.locality.wait": "0",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(TASKS),
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.streaming.pollingDelay": "1ms",
        "spark.sql.streaming.noDataMicroBatches.enabled": "false",
        "spark.sql.streaming.stateStore.providerClass": STATE_STORE,
        "spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
    }
    builder = SparkSession.builder.master(f"local[{TASKS}]").appName("peer-spark")
    for name, value in config.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def start(spark: SparkSession, deployment: Deployment) -> StreamingQuery:
    """From the topic to the four tables."""
    messages = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", deployment.kafka_bootstrap)
        .option("subscribe", deployment.topic)
        .option("startingOffsets", "earliest")
        .option("maxOffsetsPerTrigger", BATCH_BETS_MAX)
        .load()
        .selectExpr("value", "unix_millis(timestamp) AS arrived_ms")
        .coalesce(TASKS)
    )
    changed = (
        messages.mapInArrow(spark_steps.value, spark_steps.VALUED)
        .groupBy("bet_id")
        .applyInPandasWithState(
            spark_steps.newest,
            spark_steps.CHANGED,
            spark_steps.KEPT,
            "update",
            GroupStateTimeout.NoTimeout,
        )
    )
    return (
        changed.writeStream.foreachBatch(Tables(deployment).write)
        .outputMode("update")
        .option("checkpointLocation", str(deployment.settings.home / "peer-spark"))
        .trigger(processingTime="0 seconds")
        .start()
    )


def main() -> None:
    """Run until SIGTERM."""
    spark = session()
    spark.sparkContext.setLogLevel("WARN")
    query = start(spark, Deployment.load())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    query.awaitTermination()


if __name__ == "__main__":
    main()
