"""docker-compose.yml: no engine runs here, so hold it to what can be run."""

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
import yaml
from jsonschema import validate

from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import container
from betpnl.stack.kafka_service import Kafka
from betpnl.stack.mysql_server import MysqlServer
from betpnl.stack.mysql_service import Mysql
from betpnl.stack.service import Place

# The part of the compose specification that the file uses; nothing else may appear.
SERVICE = {
    "type": "object",
    "required": ["image"],
    "additionalProperties": False,
    "properties": {
        "image": {"type": "string", "pattern": r"^[a-z0-9./-]+:[A-Za-z0-9._-]+$"},
        "build": {
            "type": "object",
            "required": ["context", "dockerfile"],
            "additionalProperties": {"type": "string"},
        },
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "entrypoint": {"type": "array", "items": {"type": "string"}},
        "command": {"type": "array", "items": {"type": "string"}},
        "restart": {"enum": ["no", "on-failure", "unless-stopped", "always"]},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "properties": {"condition": {"enum": ["service_started", "service_healthy"]}},
            },
        },
        "healthcheck": {
            "type": "object",
            "required": ["test", "interval", "timeout", "retries"],
            "properties": {
                "test": {"type": "array", "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}]}
            },
        },
        # Never open to the network by default.
        "ports": {
            "type": "array",
            "items": {"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"},
        },
        "profiles": {"type": "array", "items": {"enum": ["monitoring"]}},
        # A volume of ours, or a folder of the project that nobody in there writes to.
        "volumes": {
            "type": "array",
            "items": {"type": "string", "pattern": r"^([a-z]+:/[a-z/.]+|\./deploy/\S+:/\S+:ro)$"},
        },
    },
}
SCHEMA = {
    "type": "object",
    "required": ["name", "services", "volumes"],
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object"},
    },
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    parsed: dict[str, Any] = yaml.safe_load(text)
    return parsed


def _pom(name: str) -> str:
    root = ElementTree.parse(PROJECT / "pom.xml").getroot()
    found = root.find(f"{{*}}properties/{{*}}{name}")
    assert found is not None
    assert found.text
    return found.text


def _place(**values: str) -> Place:
    ports = {"mysql": 3306, "kafka": 9092, "kafka_controller": 9093}
    return Place(Settings.load(**values), ports)


def test_file_has_the_shape_of_a_compose_file(compose: dict[str, Any]) -> None:
    validate(compose, SCHEMA)


def test_what_is_named_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        for name, need in service.get("depends_on", {}).items():
            if need["condition"] == "service_healthy":
                assert "healthcheck" in services[name]
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("./"):
                assert (PROJECT / source).exists()
            else:
                assert source in compose["volumes"]
        if "build" in service:
            assert (PROJECT / service["build"]["dockerfile"]).is_file()


def test_versions_are_those_of_the_embedded_services(compose: dict[str, Any]) -> None:
    requirements = (PROJECT / "requirements.in").read_text(encoding="utf-8")
    assert f"apache-flink=={_pom('flink.version')}" in requirements
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{_pom('kafka.version')}"


def test_kafka_has_the_settings_of_the_embedded_broker(compose: dict[str, Any]) -> None:
    environment = compose["services"]["kafka"]["environment"]
    addresses = ("listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs")
    for name, value in Kafka(_place()).properties().items():
        variable = "KAFKA_" + name.upper().replace(".", "_")
        assert variable in environment
        if name not in addresses:
            assert environment[variable] == value


def test_mysql_has_the_settings_of_the_embedded_server(compose: dict[str, Any]) -> None:
    given = set(compose["services"]["mysql"]["command"])
    # What the image decides: where files lie, who may connect from where, how big it is.
    ours_alone = ("bind-address", "skip-name", "socket", "pid-file", "log-bin", "secure-file")
    ours_alone += ("innodb-flush-method", "max-connections", "datadir", "user")
    server = MysqlServer("mysql", "9.7.4", "test", ("mysqld",))
    # With its binary log: whoever has containers may follow their tables, too.
    for option in Mysql(_place(mysql_source="shop.toml")).options(server, PROJECT / "data"):
        if not option.startswith(tuple(f"--{name}" for name in ours_alone)):
            assert option in given
    size = Settings.load().mysql_buffer_pool_mb
    assert f"--innodb-buffer-pool-size={size}M" in given


def test_every_variable_of_ours_is_a_setting(compose: dict[str, Any]) -> None:
    names = {f"BETPNL_{name.upper()}" for name in Settings.model_fields}
    for service in compose["services"].values():
        ours = {name for name in service.get("environment", {}) if name.startswith("BETPNL_")}
        assert ours <= names
    dockerfile = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"BETPNL_[A-Z_]+", dockerfile)) <= names


def test_prometheus_and_grafana_reach_what_they_read(compose: dict[str, Any]) -> None:
    services = compose["services"]
    config = yaml.safe_load((PROJECT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    targets = {
        target
        for job in config["scrape_configs"]
        for each in job["static_configs"]
        for target in each["targets"]
    }
    assert targets == {
        f"exporter:{services['exporter']['environment']['BETPNL_EXPORTER_PORT']}",
        f"api:{services['api']['environment']['BETPNL_API_PORT']}",
    }
    provisioning = PROJECT / "deploy" / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())[
        "datasources"
    ]
    assert source["url"] == "http://prometheus:9090"
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "betpnl.yml").read_text())[
        "providers"
    ]
    folder = provider["options"]["path"]
    assert any(f":{folder}/" in volume for volume in services["grafana"]["volumes"])


def test_addresses_name_the_services(compose: dict[str, Any]) -> None:
    services = compose["services"]
    environment = services["jobmanager"]["environment"]
    assert environment["BETPNL_KAFKA_BOOTSTRAP"].partition(":")[0] in services
    flink = container.addresses(Settings.load(flink_rest_url=environment["BETPNL_FLINK_REST_URL"]))
    assert flink["jobmanager.rpc.address"] in services
    assert flink["rest.port"] == "8081"


def test_image_is_built_from_what_the_folder_has() -> None:
    dockerfile = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.*)$", dockerfile, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (PROJECT / source).exists(), source
