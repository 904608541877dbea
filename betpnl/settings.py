"""Every setting, typed, in one table.

Where a value comes from, first wins: an argument (`--mysql-url ...`), the environment
(`BETPNL_MYSQL_URL`), the file `betpnl.toml` (another one by `BETPNL_CONFIG`), the default.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from betpnl.errors import UserError
from betpnl.paths import in_project

PREFIX = "BETPNL_"
CONFIG_VARIABLE = "BETPNL_CONFIG"

ProjectPath = Annotated[Path, AfterValidator(in_project)]
Port = Annotated[int, Field(ge=0, le=65535)]
Positive = Annotated[int, Field(gt=0)]
NotNegative = Annotated[int, Field(ge=0)]


class Settings(BaseSettings):
    """All settings; frozen. A name's last word is the unit where there is one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="forbid",
        env_ignore_empty=False,
        # `model_path` is our model, not pydantic's.
        protected_namespaces=(),
    )

    home: ProjectPath = Field(
        Path(".betpnl"),
        description="Folder of all data: databases, log, checkpoints, logs, passwords.",
    )
    cache: ProjectPath = Field(
        Path(".cache"),
        description="Folder of everything downloaded by `make setup`: jars, MySQL, Flink.",
    )

    mysql_url: str = Field(
        "",
        description="MySQL server to use, `mysql://user@host:port`; empty starts an embedded one.",
    )
    mysql_password: SecretStr = Field(
        SecretStr(""), description="Password for the user in `mysql_url`."
    )
    mysql_password_file: Path | None = Field(
        None, description="File that holds the password, instead of `mysql_password`."
    )
    mysql_read_user: str = Field(
        "",
        description="User of that server who may only read, for everything that only reads; "
        "empty takes the one in `mysql_url`.",
    )
    mysql_read_password: SecretStr = Field(
        SecretStr(""), description="Password for `mysql_read_user`."
    )
    mysql_read_password_file: Path | None = Field(
        None, description="File that holds it, instead of `mysql_read_password`."
    )
    mysql_board_user: str = Field(
        "",
        description="User of that server who may write the board's limits; empty takes the one "
        "in `mysql_url`.",
    )
    mysql_board_password: SecretStr = Field(
        SecretStr(""), description="Password for `mysql_board_user`."
    )
    mysql_board_password_file: Path | None = Field(
        None, description="File that holds it, instead of `mysql_board_password`."
    )
    mysql_database: str = Field(
        "betpnl",
        pattern=r"^[A-Za-z0-9_]{1,64}$",
        description="Database (schema) that holds the tables and views.",
    )
    mysql_flavour: Literal["auto", "mysql", "mariadb"] = Field(
        "auto",
        description="Embedded server: `mysql`, `mariadb`, or `auto` for MySQL where it can be had.",
    )
    mysql_port: Port = Field(
        0, description="Port of the embedded MySQL; 0 takes 3306 or the next free one."
    )
    mysql_buffer_pool_mb: Positive = Field(
        512, description="InnoDB buffer pool of the embedded MySQL."
    )

    kafka_bootstrap: str = Field(
        "", description="Kafka to use, `host:port[,host:port]`; empty starts an embedded broker."
    )
    kafka_port: Port = Field(
        0, description="Port of the embedded Kafka; 0 takes 9092 or the next free one."
    )
    kafka_heap_mb: Positive = Field(512, description="Java heap of the embedded broker.")
    kafka_message_bytes_max: Positive = Field(
        1_048_576,
        description="Largest record that the embedded broker takes. A Python batch of 1000 "
        "such records must still fit in memory, so raise it with care.",
    )
    topic_prefix: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,100}$",
        description="Put before every topic's name, to share a broker.",
    )
    topic_partitions: Positive = Field(
        4, description="Partitions of each topic; the upper bound of useful parallelism."
    )

    flink_rest_url: str = Field(
        "",
        description="Flink 2.2 cluster to use, `http://host:port`; empty starts an embedded one.",
    )
    flink_rest_port: Port = Field(
        0, description="Port of the embedded Flink's web UI; 0 takes 8081 or the next free one."
    )
    flink_jobmanager_mb: Positive = Field(
        1024, description="Memory of the embedded JobManager process."
    )
    flink_taskmanager_mb: NotNegative = Field(
        0,
        description="Memory of the embedded TaskManager process, state included; 0 takes a third "
        "of the machine's, 2048 at least and 8192 at most.",
    )
    flink_task_slots: NotNegative = Field(
        0,
        description="Task slots of the embedded TaskManager; 0 takes what the job needs, and two "
        "for questions.",
    )
    flink_python_executable: str = Field(
        "",
        description="Python on the machines of the cluster in `flink_rest_url`, with the "
        "packages of requirements.lock; empty takes the one that runs `betpnl`.",
    )
    consumer_group: str = Field(
        "betpnl",
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        description="Kafka consumer group under which the job commits how far it has come.",
    )
    parallelism: Positive = Field(1, description="Parallelism of the job.")
    state_backend: Literal["hashmap", "rocksdb"] = Field(
        "hashmap",
        description="Where Flink keeps state: `hashmap` in memory (fast), `rocksdb` on disk (big).",
    )
    checkpoint_interval_ms: Positive = Field(
        30_000,
        description="Time between checkpoints, also from the end of one to the next. With state on "
        "the heap each one writes all of it.",
    )
    checkpoints_retained: Positive = Field(3, description="Checkpoints kept on disk.")
    buffer_timeout_ms: NotNegative = Field(
        2, description="Longest wait in a network buffer, on the way to a game's sums."
    )
    buffer_timeout_other_ms: NotNegative = Field(
        25, description="The same on the way to every other table, where waiting saves wake-ups."
    )
    kafka_fetch_wait_ms: NotNegative = Field(
        20,
        description="Longest wait of a bet in Kafka for others that are read with it. They make a "
        "Python batch, and a batch costs 2 ms whatever is in it.",
    )
    python_bundle_time_ms: Positive = Field(
        8, description="Longest wait of a record for its Python batch, once it is read."
    )
    python_bundle_size: Positive = Field(1000, description="Most records in a Python batch.")
    flush_interval_game_ms: Positive = Field(
        10, description="Longest wait of a game's sums before they are written to MySQL."
    )
    flush_interval_other_ms: Positive = Field(
        500, description="The same for every other table, where waiting saves writes."
    )
    flush_max_rows: Positive = Field(
        1000, description="Rows that are written at once even before the interval is over."
    )

    bet_sink_parallelism: NotNegative = Field(
        0,
        description="Writers of each table that has a row a bet or a leg (`bet`, `ticket_leg`, "
        "`bet_version`, `bet_rate`); 0 takes one more than `parallelism`. As many as that are "
        "refused: their rows would stop the operator that every other table hangs on.",
    )
    bet_rows: bool = Field(
        True,
        description="Rows of each bet in MySQL. Without them sums are all there is: no bet can be "
        "looked up, nothing verified, and late rates and cancels find no bets. To measure with.",
    )
    sink_retries: NotNegative = Field(
        3, description="Tries to write a batch again before the job restarts from a checkpoint."
    )

    api_read_connections_max: Positive = Field(
        4, description="Connections to MySQL for questions to the API; more of them wait."
    )
    api_read_time_max_ms: Positive = Field(
        5_000, description="How long MySQL may work on one question to the API."
    )
    api_stream_interval_ms: Positive = Field(
        500, description="Time between two readings of what changed, for `GET /v1/stream`."
    )
    api_stream_heartbeat_s: Positive = Field(
        15, description="A stream without news sends a comment so often, that nobody hangs up."
    )
    api_streams_max: Positive = Field(200, description="Streams open at once in one process.")
    api_streams_per_client_max: Positive = Field(
        20, description="Of these, how many one client may have."
    )

    mysql_source: ProjectPath | None = Field(
        None,
        description="Source file (docs/mysql-source.md) of a MySQL whose tables bets come from; "
        "empty for none.",
    )
    connect_heap_mb: Positive = Field(
        256, description="Java heap of the Kafka Connect that follows `mysql_source`."
    )

    base_currency: str = Field(
        "EUR",
        pattern=r"^[A-Z]{3}$",
        description="Currency of all sums, ISO 4217.",
    )
    bet_horizon_days: Positive = Field(
        400,
        description="A version of a bet accepted longer ago is rejected, so that Flink's state may "
        "forget it by then; RocksDB does, the heap keeps it.",
    )
    accepted_ahead_max_s: NotNegative = Field(
        300, description="How far `accepted_at` may lie ahead of the record's time in Kafka."
    )
    model_path: ProjectPath = Field(
        Path("models/outcome.onnx"),
        description="The ONNX model that scores each bet; a new file here goes live by itself.",
    )
    challenger_path: ProjectPath | None = Field(
        None,
        description="A second model that scores singles beside it, for the live calibration alone; "
        "empty for none (docs/model.md).",
    )

    api_host: str = Field(
        "127.0.0.1",
        description="Address that the API listens on. Other than the machine's own only with a "
        "token, and behind something that speaks TLS.",
    )
    api_port: Port = Field(0, description="Port of the API; 0 takes 8000 or the next free one.")
    api_serves: Literal["all", "ingest", "pnl"] = Field(
        "all",
        description="What the API serves: `ingest` takes records, `pnl` gives figures, or `all`.",
    )
    api_workers: Positive = Field(
        1, description="Processes that serve the API. Each counts `api_records_per_s` for itself."
    )
    api_tokens_file: ProjectPath | None = Field(
        None, description="File of the tokens' hashes; without it, `tokens.json` in `home`."
    )
    api_tokens: SecretStr = Field(
        SecretStr(""),
        description="The content of a tokens file, instead of the file: `betpnl token export`.",
    )
    api_body_bytes_max: Positive = Field(
        8_388_608, description="Largest body of a request, as sent and decompressed."
    )
    api_records_max: Positive = Field(
        1000,
        le=10_000,
        description="Most records in a request, 10,000 at most: a batch is checked in one go.",
    )
    api_records_per_s: NotNegative = Field(
        0,
        description="Records a second that a client may send; 0 is no limit. A token may have "
        "a limit of its own.",
    )
    api_ack_timeout_ms: Positive = Field(
        10_000, description="How long a request waits for Kafka's acknowledgement."
    )
    api_waiting_records_max: Positive = Field(
        50_000,
        description="Records waiting for Kafka beyond which the API answers 503.",
    )
    api_header_timeout_s: Positive = Field(
        10, description="How long a client may take to send a request's header."
    )
    api_body_timeout_s: Positive = Field(
        30, description="How long a client may take to send a request's body."
    )
    api_connections_max: Positive = Field(
        1000, description="Connections at a time, in each worker; more are answered 503."
    )
    api_drain_s: NotNegative = Field(
        0,
        description="How long a stopping API still takes requests while `/readyz` is 503, for a "
        "load balancer to notice.",
    )
    api_stop_timeout_s: Positive = Field(
        30, description="How long a stopping API waits for requests under way."
    )

    board_host: str = Field(
        "127.0.0.1",
        description="Address that the board listens on. On any but the machine's own everybody "
        "has to log in, and something that speaks TLS belongs before it.",
    )
    board_port: Port = Field(0, description="Port of the board; 0 takes 8050 or the next free one.")
    board_login: Literal["auto", "always"] = Field(
        "auto",
        description="Who has to log in: `auto` is everybody unless `board_host` is the machine's "
        "own address; `always` is for a board behind a proxy.",
    )
    board_session_h: Positive = Field(12, description="Hours until one has to log in again.")
    retain_bets_days: NotNegative = Field(
        0,
        description="Days after which `betpnl upkeep` moves bets that are over from MySQL to "
        "`archive_folder`; 0 keeps them for good.",
    )
    retain_buckets_days: NotNegative = Field(
        0,
        description="Days after which the sums by minute and second go the same way; 0 keeps them "
        "for good. Curves reach back no further.",
    )
    retain_topics_days: NotNegative = Field(
        0,
        description="Days after which Kafka deletes what was sent; 0 keeps it for good. What is "
        "gone cannot be verified, nor read again by a job that starts from scratch.",
    )
    archive_folder: ProjectPath | None = Field(
        None,
        description="Folder for what was archived, as Parquet; unset is `archive` in `home`.",
    )
    risk_interval_ms: Positive = Field(
        500,
        description="Time between two looks of `betpnl upkeep` at what games can still bring; as "
        "long again as a look took, if that is longer.",
    )
    board_interval_ms: Positive = Field(
        250, description="Time between two readings of what changed, for all viewers together."
    )
    board_flink_url: str = Field(
        "",
        description="Flink's web UI as the viewers' browsers reach it, which the board links to; "
        "empty takes `flink_rest_url`.",
    )
    board_viewers_max: Positive = Field(500, description="Pages open on the board at once.")
    board_webhook_url: SecretStr = Field(
        SecretStr(""),
        description="Address that is told when a limit is passed, and when it no longer is; "
        "empty tells nobody. It may hold a token, and is shown nowhere.",
    )
    board_webhook_url_file: Path | None = Field(
        None, description="File that holds it, instead of `board_webhook_url`."
    )
    board_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Key that what the webhook is told is signed with (HMAC-SHA256); empty signs "
        "nothing.",
    )
    board_webhook_secret_file: Path | None = Field(
        None, description="File that holds it, instead of `board_webhook_secret`."
    )
    board_url: str = Field(
        "",
        description="Address of the board as others reach it, `https://board.example`, for the "
        "link in what the webhook is told; empty gives none.",
    )

    exporter_host: str = Field(
        "127.0.0.1", description="Address that `betpnl exporter` listens on, for Prometheus."
    )
    exporter_port: Port = Field(
        0, description="Port of `betpnl exporter`; 0 takes 9480 or the next free one."
    )
    exporter_open: bool = Field(
        False,
        description="Lets `exporter_host` be an address that others can reach. There is no login, "
        "and the metrics hold sums of money.",
    )

    start_timeout_s: Positive = Field(
        120, description="How long `betpnl up` waits for a service to answer."
    )
    stop_timeout_s: Positive = Field(
        30, description="How long `betpnl down` waits for a service before it kills it."
    )

    @field_validator("bet_sink_parallelism")
    @classmethod
    def _bet_sink_parallelism(cls, value: int, info: ValidationInfo) -> int:
        if value and value == info.data.get("parallelism"):
            raise ValueError(
                "must not be the same as parallelism; 0 takes one more, which is seldom wrong"
            )
        return value

    @field_validator("mysql_url")
    @classmethod
    def _mysql_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme != "mysql" or not parts.hostname or not parts.username):
            raise ValueError("must look like mysql://user@host:3306")
        if parts.password is not None:
            raise ValueError("must not hold a password; use mysql_password or mysql_password_file")
        if parts.path.strip("/"):
            raise ValueError("must not name a database; use mysql_database")
        return value

    @field_validator("flink_rest_url", "board_flink_url")
    @classmethod
    def _flink_rest_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must look like http://host:8081")
        return value.rstrip("/")

    @field_validator("board_url")
    @classmethod
    def _board_url(cls, value: str) -> str:
        if value and not _is_web_address(value):
            raise ValueError("must look like https://board.example")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, environment, file: in that order."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, toml

    @classmethod
    def load(cls, argv: Sequence[str] | None = None, **overrides: Any) -> Settings:
        """Read the settings from `argv` (`--name value`), environment and file.

        overrides: values by field name, before all else. Raises UserError with one sentence
        for a value that does not fit, an unknown name, or a file that cannot be read.
        """
        named = os.environ.get(CONFIG_VARIABLE)
        if named and not config_file().is_file():
            raise UserError(f"{CONFIG_VARIABLE} names {named}, which is not a file.")
        _refuse_unknown_variables(cls.model_fields)
        try:
            return cls(**{**_arguments(argv or (), cls.model_fields), **overrides})
        except ValidationError as error:
            raise UserError(_sentence(error)) from None
        except ValueError as error:
            raise UserError(f"{config_file()} cannot be read: {error}") from None

    @property
    def bet_writers(self) -> int:
        """Writers of the table `bet`."""
        return self.bet_sink_parallelism or self.parallelism + 1

    def resolved_mysql_password(self) -> str:
        """The password for `mysql_url`, from the setting or its file. Raises UserError."""
        return self._secret("mysql_password")

    def resolved_mysql_read_password(self) -> str:
        """The password for `mysql_read_user`, from the setting or its file. Raises UserError."""
        return self._secret("mysql_read_password")

    def resolved_mysql_board_password(self) -> str:
        """The password for `mysql_board_user`, from the setting or its file. Raises UserError."""
        return self._secret("mysql_board_password")

    def resolved_board_webhook_url(self) -> str:
        """Where limits that are passed are told, '' for nowhere. Raises UserError."""
        url = self._secret("board_webhook_url")
        if url and not _is_web_address(url):
            raise UserError(
                "Setting board_webhook_url (BETPNL_BOARD_WEBHOOK_URL): must look like "
                "https://host/path."
            )
        return url

    def resolved_board_webhook_secret(self) -> str:
        """The key that the webhook's messages are signed with, '' for none. Raises UserError."""
        return self._secret("board_webhook_secret")

    def _secret(self, name: str) -> str:
        file: Path | None = getattr(self, f"{name}_file")
        if file is None:
            secret: SecretStr = getattr(self, name)
            return secret.get_secret_value()
        path = in_project(file)
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise UserError(f"{name}_file {path} cannot be read: {error}") from None

    def environment(self) -> dict[str, str]:
        """These settings as `BETPNL_*` variables, secrets included, for a child process."""
        values: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            if value is not None:
                values[f"{PREFIX}{name.upper()}"] = str(value)
        return values


def config_file() -> Path:
    """The settings file that is read if it exists."""
    return in_project(Path(os.environ.get(CONFIG_VARIABLE) or "betpnl.toml"))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _arguments(argv: Sequence[str], fields: dict[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    words = iter(argv)
    for word in words:
        flag, equals, value = word.partition("=")
        name = flag.removeprefix("--").replace("-", "_")
        if not flag.startswith("--") or name not in fields:
            raise UserError(f"{flag} is not a setting{_did_you_mean(name, fields)}.")
        if not equals:
            following = next(words, None)
            if following is None:
                raise UserError(f"{flag} has no value.")
            value = following
        values[name] = value
    return values


def _refuse_unknown_variables(fields: dict[str, Any]) -> None:
    for variable in os.environ:
        if variable.startswith(PREFIX) and variable != CONFIG_VARIABLE:
            name = variable.removeprefix(PREFIX).lower()
            if name not in fields:
                raise UserError(
                    f"The environment variable {variable} is not a setting"
                    f"{_did_you_mean(name, fields)}."
                )


def _did_you_mean(name: str, fields: dict[str, Any]) -> str:
    close = difflib.get_close_matches(name, fields, n=1)
    return f"; did you mean {close[0]}?" if close else "; see docs/settings.md"


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        hint = _did_you_mean(name, dict(Settings.model_fields))
        return f"{config_file()} sets {name}, which is not a setting{hint}."
    reason = first["msg"].removeprefix("Value error, ")
    reason = reason[:1].lower() + reason[1:]
    return f"Setting {name} ({PREFIX}{name.upper()}): {reason}."
