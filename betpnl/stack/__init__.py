"""Starts, stops and finds the embedded services: MySQL, Kafka and Flink."""

from betpnl.stack.endpoints import Endpoints

__all__ = ["Endpoints"]
