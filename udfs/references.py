"""The rates and cancels that a worker reads bets by: one reader for all functions of a process."""

from __future__ import annotations

from pyflink.table import FunctionContext

from betpnl.references.feed import ReferenceFeed
from betpnl.references.resolve import References
from udfs.parameters import parameter, rules

_feeds: dict[tuple[str, str], ReferenceFeed] = {}


def references(context: FunctionContext) -> References:
    """What is known, kept fresh for as long as the process lives. Raises KafkaException."""
    bootstrap, prefix = (parameter(context, name) for name in ("kafka_bootstrap", "topic_prefix"))
    feed = _feeds.get((bootstrap, prefix))
    if feed is None:
        feed = _feeds[bootstrap, prefix] = ReferenceFeed(bootstrap, prefix, rules(context))
    return feed.references
