"""Where MySQL, Kafka and Flink answer, whoever started them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoints:
    """Addresses and credentials of the three services.

    mysql_source says where the server came from, in words for the user; mysql_embedded, whether
    it is ours; mysql_tls, whether one that is not ours speaks TLS, which is then used, whoever
    signed the certificate. The read user and the board's are '' where there is only the user of
    `mysql_url`.
    """

    mysql_host: str
    mysql_port: int
    mysql_user: str
    mysql_password: str = field(repr=False)
    mysql_database: str
    mysql_version: str
    mysql_source: str
    kafka_bootstrap: str
    flink_rest_url: str
    mysql_read_user: str = ""
    mysql_read_password: str = field(default="", repr=False)
    mysql_board_user: str = ""
    mysql_board_password: str = field(default="", repr=False)
    mysql_embedded: bool = False
    mysql_tls: bool = False

    @property
    def jdbc_url(self) -> str:
        """Address for MariaDB's driver: UTC both ways, and inserts of a batch sent as one."""
        options = {
            "rewriteBatchedStatements": "true",
            "sessionVariables": "time_zone='+00:00'",
            # TLS costs time and protects nothing on the loopback device; the key is then
            # fetched in the clear from our own server.
            "allowPublicKeyRetrieval": "true" if self.mysql_embedded else "false",
        }
        if self.mysql_tls:
            options |= {"useSsl": "true", "trustServerCertificate": "true"}
        query = "&".join(f"{name}={value}" for name, value in options.items())
        host = f"[{self.mysql_host}]" if ":" in self.mysql_host else self.mysql_host
        return f"jdbc:mysql://{host}:{self.mysql_port}/{self.mysql_database}?{query}"
