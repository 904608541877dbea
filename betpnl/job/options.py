"""The options that the job runs with on any cluster; the embedded one adds flink-conf/."""

from __future__ import annotations

from betpnl.settings import Settings

JOB_NAME = "betpnl: live PNL"
_DAY_MS = 86_400_000


def job_options(settings: Settings, kafka_bootstrap: str) -> dict[str, str]:
    """Flink's options by key, from the settings and from what the plan needs.

    kafka_bootstrap: where the functions find rates and cancels.
    """
    return {
        "pipeline.name": JOB_NAME,
        "parallelism.default": str(settings.parallelism),
        # Records are handed over by reference between chained operators.
        "pipeline.object-reuse": "true",
        # One plan for all sinks: without it each sink gets a Python stage and bets of its own.
        "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
        # Everything is UTC, whatever the zone of the machine.
        "table.local-time-zone": "UTC",
        # Only the newest versions may be forgotten. Sums and joins say STATE_TTL '0s' themselves.
        "table.exec.state.ttl": f"{_state_ttl_ms(settings)} ms",
        # Every sink has one writer, keyed as its table is: nothing has to be put in order again.
        "table.exec.sink.upsert-materialize": "NONE",
        # A bet is seldom seen twice within seconds: a cache of the Rank's newest keys only keeps
        # what would be garbage alive until it is old (3 of 15 kB a bet that went to the old heap).
        "table.exec.rank.topn-cache-size": "1",
        "python.fn-execution.bundle.time": str(settings.python_bundle_time_ms),
        "python.fn-execution.bundle.size": str(settings.python_bundle_size),
        "python.fn-execution.arrow.batch.size": str(settings.python_bundle_size),
        # On the way to a game's row it is `buffer_timeout_ms` (execution.py).
        "execution.buffer-timeout.interval": f"{settings.buffer_timeout_other_ms} ms",
        # The cluster may have been started with another, which could not read the checkpoints.
        "state.backend.type": settings.state_backend,
        "execution.checkpointing.interval": f"{settings.checkpoint_interval_ms} ms",
        # State of five million bets on the heap takes as long to write as that: one after the other
        # would leave the bets no CPU.
        "execution.checkpointing.min-pause": f"{settings.checkpoint_interval_ms} ms",
        "pipeline.global-job-parameters": ",".join(
            f"betpnl.{name}:{_quoted(value)}"
            for name, value in function_parameters(settings, kafka_bootstrap)
        ),
    }


def function_parameters(settings: Settings, kafka_bootstrap: str) -> list[tuple[str, str]]:
    """What the Python functions are told."""
    return [
        ("base_currency", settings.base_currency),
        ("bet_horizon_days", str(settings.bet_horizon_days)),
        ("accepted_ahead_max_s", str(settings.accepted_ahead_max_s)),
        ("model_path", str(settings.model_path)),
        ("challenger_path", str(settings.challenger_path or "")),
        ("home", str(settings.home)),
        ("kafka_bootstrap", kafka_bootstrap),
        ("topic_prefix", settings.topic_prefix),
    ]


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _state_ttl_ms(settings: Settings) -> int:
    """How long the newest version of a bet is kept in state; 0 for good."""
    # RocksDB forgets while it compacts. On the heap every bet would look through five others for
    # what is too old, and copy each of them while a checkpoint is written: 10 kB of garbage a bet.
    return settings.bet_horizon_days * _DAY_MS if settings.state_backend == "rocksdb" else 0
