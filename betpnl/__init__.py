"""Live profit and loss for a sportsbook, on Apache Flink, Kafka and MySQL."""

__version__ = "0.1.0"
