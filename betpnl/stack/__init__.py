"""Starts, stops and finds the embedded services: MySQL, Kafka and Flink.

start(settings)                        everything that the settings name no address for
start(settings, names=["mysql"])       one service, after a fault
stop(settings, names=["kafka"], kill=True)
with running(settings) as endpoints:   for the length of a block
endpoints(settings)                    where they answer
"""

from betpnl.stack.control import NAMES, running, start, stop
from betpnl.stack.endpoints import Endpoints
from betpnl.stack.resolve import endpoints

__all__ = ["NAMES", "Endpoints", "endpoints", "running", "start", "stop"]
