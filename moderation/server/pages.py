"""The page at ``/v1/docs``: the OpenAPI document for people, without scripts or other sites."""

import html
import json
from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#8882;padding:.75rem;overflow:auto}summary{cursor:pointer}"
)


def docs_page(document: dict[str, Any]) -> str:
    """Return HTML that lists the routes, their parameters, bodies and answers."""
    parts = [
        f"<section><h2><code>{method.upper()} {html.escape(path)}</code></h2>{_about(route)}"
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    ]
    schemas = document.get("components", {}).get("schemas", {})
    shown = [
        f"<details><summary><code>{html.escape(name)}</code></summary>{_pre(schema)}</details>"
        for name, schema in schemas.items()
    ]
    title = html.escape(f"{document['info']['title']} {document['info']['version']}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p><a href=openapi.json>openapi.json</a>. Perspective's own routes are "
        f"in docs/perspective.md.</p>{''.join(parts)}<h2>Shapes</h2>{''.join(shown)}</html>"
    )


def _about(route: dict[str, Any]) -> str:
    rows = "".join(
        f"<li><code>{html.escape(one['name'])}</code> {html.escape(json.dumps(one['schema']))}"
        for one in route.get("parameters", [])
    )
    body = route.get("requestBody", {}).get("content", {}).get("application/json", {})
    takes = f"<p>Takes</p>{_pre(body['schema'])}" if body else ""
    answers = "".join(
        f"<li><code>{code}</code> {html.escape(one['description'])}"
        for code, one in route["responses"].items()
    )
    told = html.escape(route.get("description", ""))
    return f"<p>{told}</p><ul>{rows}</ul>{takes}<p>Answers</p><ul>{answers}</ul></section>"


def _pre(value: object) -> str:
    return f"<pre>{html.escape(json.dumps(value, indent=2))}</pre>"
