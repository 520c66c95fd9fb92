"""The OpenAPI document as one plain page: no script, no dependency."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any, Final

STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 54rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem } h3 { margin-bottom: 0; font-size: 1rem; font-weight: 600 }
code { font: 0.9em ui-monospace, monospace } .method { display: inline-block; min-width: 4.5rem; font-weight: 700 }
p { margin: 0.15rem 0 0.6rem } ul { margin: 0 0 0.6rem; padding-left: 1.2rem } .quiet { opacity: 0.75 }
"""


POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(document: dict[str, Any]) -> bytes:
    sections = []
    for tag in document["tags"]:
        entries = [
            _entry(method.upper(), path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
        sections.append(f"<section><h2>{escape(tag['name'])}</h2>{''.join(entries)}</section>")
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>TaskManager API</title>'
        f"<style>{STYLE}</style></head><body><main><h1>TaskManager API {escape(info['version'])}</h1>"
        f"<p>{escape(info['description'])} The whole contract for programs: "
        f'<a href="/api/openapi.json">openapi.json</a>.</p>{"".join(sections)}</main></body></html>'
    ).encode()


def _entry(method: str, path: str, operation: dict[str, Any]) -> str:
    inputs = [
        f"<code>{escape(p['name'])}</code> ({escape(p['in'])})" for p in operation["parameters"] if p["in"] != "path"
    ]
    body = operation.get("requestBody")
    if body:
        schema = next(iter(body["content"].values()))["schema"]
        inputs.append(f"body <code>{escape(schema.get('$ref', '').rsplit('/', 1)[-1] or 'object')}</code>")
    takes = f'<p class="quiet">Takes {", ".join(inputs)}</p>' if inputs else ""
    answers = ", ".join(operation["responses"])
    return (
        f'<h3><span class="method">{method}</span> <code>{escape(path)}</code></h3>'
        f'<p>{escape(operation["summary"])}</p>{takes}<p class="quiet">Answers {answers}</p>'
    )
