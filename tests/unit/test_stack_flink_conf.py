"""Flink's configuration: filled in from the settings, in step with what a job brings along."""

from pathlib import Path

import pytest
import yaml

from betpnl.job.options import job_options
from betpnl.settings import Settings
from betpnl.stack import flink_conf


def test_settings_are_filled_in() -> None:
    options = flink_conf.options(Settings.load(python_bundle_time_ms=7, flink_task_slots=9))
    assert options["python.fn-execution.bundle.time"] == "7"
    assert options["taskmanager.numberOfTaskSlots"] == "9"


@pytest.mark.parametrize(
    ("parallelism", "writers", "used", "slots"), [(1, 0, 2, 4), (4, 0, 5, 7), (4, 2, 2, 6)]
)
def test_slots_are_those_of_the_job_and_two(
    parallelism: int, writers: int, used: int, slots: int
) -> None:
    settings = Settings.load(parallelism=parallelism, bet_sink_parallelism=writers)
    assert settings.bet_writers == used
    assert flink_conf.options(settings)["taskmanager.numberOfTaskSlots"] == str(slots)


def test_configuration_and_job_say_the_same() -> None:
    settings = Settings.load()
    configured, brought = flink_conf.options(settings), job_options(settings, "kafka:9092")
    common = configured.keys() & brought.keys()
    assert "execution.buffer-timeout.interval" in common
    assert {key: configured[key] for key in common} == {key: brought[key] for key in common}


@pytest.mark.parametrize(("backend", "fraction"), [("hashmap", "0.1"), ("rocksdb", "0.4")])
def test_managed_memory_follows_the_state_backend(backend: str, fraction: str) -> None:
    options = flink_conf.options(Settings.load(state_backend=backend))
    assert options["state.backend.type"] == backend
    assert options["taskmanager.memory.managed.fraction"] == fraction


@pytest.mark.parametrize(("memory_mb", "rocksdb_mb"), [(2048, 508), (8192, 2277), (20_000, 5990)])
def test_rocksdb_shares_what_flink_manages_with_python(memory_mb: int, rocksdb_mb: int) -> None:
    options = flink_conf.options(
        Settings.load(flink_taskmanager_mb=memory_mb, state_backend="rocksdb")
    )
    assert options["state.backend.rocksdb.memory.managed"] == "false"
    assert options["state.backend.rocksdb.memory.fixed-per-tm"] == f"{rocksdb_mb}m"


@pytest.mark.parametrize(
    ("memory_mb", "parallelism", "segment_kb"),
    [(8192, 1, 1024), (65_536, 1, 1024), (2048, 1, 256), (8192, 2, 512), (8192, 4, 256),
     (2048, 16, 32)],
)  # fmt: skip
def test_network_buffers_are_as_large_as_the_memory_allows(
    memory_mb: int, parallelism: int, segment_kb: int
) -> None:
    options = flink_conf.options(
        Settings.load(flink_taskmanager_mb=memory_mb, parallelism=parallelism)
    )
    assert options["taskmanager.memory.segment-size"] == f"{segment_kb}kb"


def test_written_file_is_yaml_with_addresses_and_without_what_is_left_out(tmp_path: Path) -> None:
    key = "execution.checkpointing.interval"
    flink_conf.write(tmp_path, Settings.load(), {"rest.address": "it's"}, without=(key,))
    written = yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))
    assert written["rest.address"] == "it's"
    assert key not in written
    assert written["pipeline.object-reuse"] is True
    assert (tmp_path / "log4j-console.properties").is_file()


def test_state_of_other_services_or_names_is_never_found(tmp_path: Path) -> None:
    there = "elsewhere:9092"
    deployments = [
        Settings.load(home=tmp_path),
        Settings.load(home=tmp_path, mysql_database="a", topic_prefix="bc"),
        Settings.load(home=tmp_path, mysql_database="ab", topic_prefix="c"),
        Settings.load(home=tmp_path, kafka_bootstrap=there),
        Settings.load(home=tmp_path, mysql_url="mysql://user@elsewhere:3306"),
        Settings.load(home=tmp_path, flink_rest_url="http://elsewhere:8081"),
        Settings.load(home=tmp_path, flink_rest_url="http://other:8081", kafka_bootstrap=there),
    ]

    folders = {flink_conf.state_folder(settings) for settings in deployments}

    assert len(folders) == len(deployments)
    assert not any(a in b.parents for a in folders for b in folders)
    assert flink_conf.state_folder(deployments[0]) == flink_conf.state_folder(deployments[0])


def test_the_taskmanager_takes_what_is_set_else_a_third_of_the_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(flink_conf, "_CGROUP_LIMIT", limit)
    unset, given = Settings.load(flink_taskmanager_mb=0), Settings.load(flink_taskmanager_mb=1500)

    limit.write_text(f"{9000 << 20}\n")
    assert flink_conf.taskmanager_mb(unset) == 3000
    assert flink_conf.taskmanager_mb(given) == 1500
    limit.write_text(f"{900 << 20}\n")
    assert flink_conf.taskmanager_mb(unset) == 2048
    limit.write_text("max\n")
    assert 2048 <= flink_conf.taskmanager_mb(unset) <= 8192


@pytest.mark.parametrize(("backend", "ttl"), [("hashmap", "0 ms"), ("rocksdb", "86400000 ms")])
def test_only_rocksdb_forgets_old_versions(backend: str, ttl: str) -> None:
    settings = Settings.load(state_backend=backend, bet_horizon_days=1)
    assert job_options(settings, "kafka:9092")["table.exec.state.ttl"] == ttl
