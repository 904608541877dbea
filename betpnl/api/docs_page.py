"""`/docs`: the OpenAPI document for people, as one page that fetches nothing."""

from __future__ import annotations

import html
import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

router = APIRouter(include_in_schema=False)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#8881;padding:.8rem;overflow-x:auto}code{font-size:.9em}"
    "td{padding:.1rem 1rem .1rem 0;vertical-align:top}:root{color-scheme:light dark}"
)
_HEADERS = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}


@router.get("/docs", response_model=None)
async def docs(request: Request) -> Response:
    """Every path with what it takes and answers; the whole is at /openapi.json."""
    return Response(page(request.app.openapi()), media_type="text/html", headers=_HEADERS)


def page(document: dict[str, Any]) -> str:
    """An OpenAPI document as HTML."""
    info = document["info"]
    title = f"{_text(info['title'])} {_text(info['version'])}"
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>",
        *(f"<p>{_text(said)}" for said in info["description"].split("\n\n")),
        "<p>For programs: <a href=openapi.json>openapi.json</a>.",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts += _operation(f"{method.upper()} {path}", operation)
    return "".join(parts)


def _operation(title: str, operation: dict[str, Any]) -> list[str]:
    parts = [f"<h2><code>{_text(title)}</code></h2>"]
    if operation.get("security"):
        parts.append("<p>Needs a token.")
    parts.append(f"<p>{_text(operation.get('description') or operation.get('summary', ''))}")
    for parameter in operation.get("parameters", []):
        said = parameter.get("description", "")
        parts.append(f"<p><code>{_text(parameter['name'])}</code> {_text(said)}")
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        for example in content.get("examples", {}).values():
            parts.append(f"<p>{_text(example.get('summary', ''))}, <code>{_text(kind)}</code>:")
            parts.append(_shown(example["value"]))
    parts.append("<table>")
    for status, response in sorted(operation.get("responses", {}).items()):
        parts.append(f"<tr><td>{_text(status)}<td>{_text(response.get('description', ''))}")
        example = response.get("content", {}).get("application/json", {}).get("example")
        if example is not None:
            parts.append(_shown(example))
    parts.append("</table>")
    return parts


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, indent=2)
    return f"<pre>{_text(text)}</pre>"


def _text(value: object) -> str:
    return html.escape(str(value))
