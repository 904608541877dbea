"""Events as AWS sends them to a function, and a function that answers them."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from betpnl.settings import Settings
from tests.waiting import DEADLINE_S

Json = dict[str, Any]
_CONTAINER = """
import json, sys
from betpnl.api.lambda_handler import handler
for line in sys.stdin:
    print(json.dumps(handler(json.loads(line), None)), flush=True)
"""


def http_api(
    method: str, path: str, headers: dict[str, str], body: str | None, packed: bool
) -> Json:
    """API Gateway, HTTP API, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "abc.execute-api.eu-west-1.amazonaws.com", **headers},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": "abc.execute-api.eu-west-1.amazonaws.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "10/Mar/2026:05:16:23 +0000",
            "timeEpoch": 1773119783180,
        },
        "body": body,
        "isBase64Encoded": packed,
    }


def rest_api(
    method: str, path: str, headers: dict[str, str], body: str | None, packed: bool
) -> Json:
    """API Gateway, REST API."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.strip("/")},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": f"/prod{path}",
            "stage": "prod",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "test"},
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        },
        "body": body,
        "isBase64Encoded": packed,
    }


def load_balancer(
    method: str, path: str, headers: dict[str, str], body: str | None, packed: bool
) -> Json:
    """Application Load Balancer."""
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/betpnl/49e9d65c45c6791a"
    return {
        "requestContext": {"elb": {"targetGroupArn": arn}},
        "httpMethod": method,
        "path": path,
        "queryStringParameters": {},
        "headers": {"x-forwarded-for": "192.0.2.1", "x-forwarded-port": "443", **headers},
        "body": body or "",
        "isBase64Encoded": packed,
    }


FORMATS = [http_api, rest_api, load_balancer]


def packed(body: bytes) -> str:
    """A body as it comes when it is not text."""
    return base64.b64encode(body).decode()


def answers(settings: Settings, events: Sequence[Json]) -> tuple[list[Json], list[Json]]:
    """What one fresh container answers to these events in turn, and its log."""
    done = subprocess.run(
        [sys.executable, "-c", _CONTAINER],
        input="".join(json.dumps(event) + "\n" for event in events),
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=True,
    )
    return (
        [json.loads(line) for line in done.stdout.splitlines()],
        [json.loads(line) for line in done.stderr.splitlines()],
    )
