"""The embedded Kafka, before it runs."""

import uuid
from pathlib import Path

import pytest

from betpnl.settings import Settings
from betpnl.stack.kafka_service import Kafka
from betpnl.stack.service import Place


def test_formats_its_storage_under_an_id_that_begins_with_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One id in 64 does; Kafka's tool then takes it for an option where it stands alone.
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(bytes=b"\xf8" * 16))
    place = Place(Settings.load(home=tmp_path), {"kafka": 9092, "kafka_controller": 9093})

    Kafka(place).prepare(lambda _: None)

    written = (tmp_path / "kafka" / "data" / "meta.properties").read_text(encoding="utf-8")
    assert "cluster.id=-" in written
