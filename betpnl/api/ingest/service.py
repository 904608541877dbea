"""What a request with records goes through, from its header to its answer."""

from __future__ import annotations

import time

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from betpnl.api import errors, metrics
from betpnl.api.auth import Client
from betpnl.api.errors import ApiError
from betpnl.api.ingest import bodies
from betpnl.api.ingest.checking import Checked, Checker, RecordAnswer
from betpnl.api.ingest.delivery import Delivery
from betpnl.api.ingest.rates import Rates
from betpnl.api.ingest.splitting import split
from betpnl.api.ingest.watch import KafkaWatch
from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS, Topic
from betpnl.deployment import rules
from betpnl.publisher import Publisher
from betpnl.settings import Settings

SERVED: tuple[Topic, ...] = (BETS, RESULTS, ODDS, GAMES)
_ENCODER = msgspec.json.Encoder()


class BatchAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a request's records, in their order."""

    accepted: int
    rejected: int
    records: list[RecordAnswer]
    error: dict[str, str] | None = None


class Ingest:
    """Takes records in; one for each process."""

    def __init__(self, settings: Settings, bootstrap: str) -> None:
        """Connects to Kafka in the background."""
        ack_timeout_s = settings.api_ack_timeout_ms / 1000
        self._publisher = Publisher(
            bootstrap,
            settings.topic_prefix,
            ack_timeout_s=ack_timeout_s,
            message_bytes_max=settings.kafka_message_bytes_max,
        )
        self._watch = KafkaWatch(self._publisher)
        self._delivery = Delivery(
            self._publisher,
            self._watch,
            waiting_max=settings.api_waiting_records_max,
            ack_timeout_s=ack_timeout_s,
        )
        self._rates = Rates(settings.api_records_per_s)
        self._settings = settings
        self._checkers = {
            topic.name: Checker(topic, rules(settings), settings.kafka_message_bytes_max)
            for topic in SERVED
        }

    @property
    def problem(self) -> str:
        """Why no records can be taken now, '' when they can."""
        return self._watch.problem

    def close(self, timeout_s: float) -> None:
        """Wait for what is under way, then let go of Kafka."""
        self._watch.close()
        self._publisher.close(timeout_s)

    async def take(self, topic: Topic, request: Request, client: Client) -> Response:
        """Answer a request with records of a topic. Raises ApiError."""
        body = await bodies.read(
            request,
            bytes_max=self._settings.api_body_bytes_max,
            timeout_s=self._settings.api_body_timeout_s,
        )
        metrics.BODY_BYTES.labels(topic.name).inc(len(body))
        kind = request.headers.get("content-type", "")
        records = split(body, kind, self._settings.api_records_max)
        self._require_size(len(records))
        self._rates.take(client, len(records))
        checked = self._checkers[topic.name].check(records, time.time_ns() // 1_000_000)
        if checked.messages:
            try:
                await self._delivery.publish(topic, checked.messages)
            except ApiError:
                metrics.RECORDS.labels(topic.name, "failed").inc(len(records))
                raise
        request.state.log.update(accepted=checked.accepted, rejected=checked.rejected)
        metrics.RECORDS.labels(topic.name, "accepted").inc(checked.accepted)
        metrics.RECORDS.labels(topic.name, "rejected").inc(checked.rejected)
        return _answer(request, checked)

    def _require_size(self, records: int) -> None:
        if not records:
            raise ApiError(422, "empty_batch", "There is no record in the body.")
        if records > self._settings.api_records_max:
            raise ApiError(
                413,
                "too_many_records",
                f"A request has at most {self._settings.api_records_max} records "
                "(api_records_max); send smaller batches.",
            )


def _answer(request: Request, checked: Checked) -> Response:
    status, error = 202, None
    if not checked.messages:
        none = ApiError(422, "all_rejected", "No record was accepted; `records` says why.")
        status, error = none.status, none.body(errors.request_id(request.scope))
    elif checked.rejected:
        status = 207
    body = BatchAnswer(checked.accepted, checked.rejected, checked.answers, error)
    return Response(_ENCODER.encode(body), status, media_type=errors.JSON)
