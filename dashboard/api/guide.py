"""`/api`: the API explained to who reads it. One plain page without scripts: each address with what may be asked, an example and its answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import orjson
from fastapi import Request, Response

from dashboard import icon, site
from dashboard.answers import Problem, answer
from dashboard.api import guide_words as words
from dashboard.api.questions import Parameter, checked
from dashboard.api.reply import Question
from dashboard.api.resource import RESOURCES, Resource, answered, router
from dashboard.published import snapshot
from warehouse.errors import NothingPublished, SiegemError

EXAMPLES = Path(__file__).parents[1] / "api_examples"
STYLE = "guia.css"
#: the order in which they are explained; what is not named comes after
_FIRST = (
    "/api/v1/valores",
    "/api/v1/indicadores",
    "/api/v1/territorios",
    "/api/v1/publicaciones",
    "/api/v1/revisiones",
    "/api/v1/calidad",
    "/api/v1/indice",
)
#: characters of an example's answer
_SHOWN = 1_800


async def guide(request: Request) -> Response:
    return await answered(lambda: answer(request, _page(request).encode(), pinned=False, media="text/html; charset=utf-8"), request, turn=True)


for _method in ("GET", "HEAD"):
    router.add_api_route("/api", guide, methods=[_method], include_in_schema=False)


@lru_cache(maxsize=2)
class _Pages:
    """The page of a publication on a site, made once."""

    def __init__(self, *_of: object) -> None:
        self.text = ""


def _page(request: Request) -> str:
    try:
        snap = snapshot()
    except NothingPublished:
        return _document(lambda _: "")
    card = snap.publication
    made = _Pages(card.numero, card.huella, card.creada_en, site.is_public())
    if not made.text:
        made.text = _document(lambda r: _answer_of(request, r, snap.indicators()[0].id))
    return made.text


def _ordered() -> list[Resource]:
    places = {path: n for n, path in enumerate(_FIRST)}

    def place(resource: Resource) -> int:
        return min((n for path, n in places.items() if resource.path.startswith(path)), default=len(places))

    return sorted(RESOURCES, key=place)


def _document(example: Callable[[Resource], str]) -> str:
    programs = "".join(_fold(name, told, name, _code(_text(file))) for name, file, told in words.PROGRAMS)
    resources = "".join(_section(r, example(r)) for r in _ordered())
    return words.PAGE.format(style=_text(STYLE), icon=icon.DATA, rules=words.RULES, programs=programs, resources=resources)


@lru_cache(maxsize=8)
def _text(file: str) -> str:
    folder = Path(__file__).parent if file == STYLE else EXAMPLES
    return (folder / file).read_text(encoding="utf-8")


def _anchor(resource: Resource) -> str:
    return resource.path.removeprefix("/api/v1").strip("/").translate({ord("/"): "-", ord("{"): "", ord("}"): "", ord("."): "-"}) or "inicio"


def _section(resource: Resource, shown: str) -> str:
    rows = "".join(_parameter(p) for p in resource.asks)
    table = words.TABLE.format(rows=rows) if rows else "<p>No lleva parámetros.</p>"
    told = f"<p>{escape(resource.told)}</p>" if resource.told else ""
    return _fold(f"<code>{escape(resource.path)}</code>", resource.summary, _anchor(resource), f"{told}{table}{shown}")


def _fold(title: str, line: str, mark: str, inside: str) -> str:
    """A part that opens on demand, without scripts. Its mark is inside: a browser opens a fold when a link leads to something within it."""
    return f'<details><summary><h3>{title}</h3> <small>{escape(line)}</small></summary><div id="{mark}" class="dentro">{inside}</div></details>'


def _code(text: str) -> str:
    """It scrolls within itself, for the keyboard too."""
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _parameter(parameter: Parameter) -> str:
    schema = parameter.schema()
    one = schema.get("items", schema)
    known = [str(x) for x in one.get("enum", [])]
    form = ", ".join(f"<code>{escape(x)}</code>" for x in known) or (
        f"de {one['minimum']:,} a {one['maximum']:,}" if one["type"] == "integer" else f"p. ej. <code>{escape(parameter.example)}</code>"
    )
    several = "varios con comas" if parameter.listed else f"hasta {parameter.repeated} veces" if parameter.repeated else ""
    usual = f"si no se dice, {_grouped(parameter.default)}" if parameter.default else ""
    notes = [x for x in ("en la dirección" if parameter.in_path else "", several, usual) if x]
    told = "; ".join([form, *notes])
    return f"<tr><th scope='row'><code>{parameter.name}</code></th><td>{escape(parameter.told)}</td><td>{told}</td></tr>"


def _grouped(text: str) -> str:
    return f"{int(text):,}" if text.isdigit() else text


# ---- examples -----------------------------------------------------------------------------------------------------


def _answer_of(request: Request, resource: Resource, indicator: str) -> str:
    """The example of a resource with the answer that the newest publication gives."""
    path = resource.path
    variables = {}
    for p in resource.asks:
        if p.in_path:
            variables[p.name] = indicator if p.name == "id" else str(snapshot().number) if p.name == "numero" else p.example.split(",")[0]
            path = path.replace(f"{{{p.name}}}", variables[p.name])
    query = resource.example.replace("pct_tramites_en_plazo", indicator)
    asked = Request({
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": [(b"host", request.url.netloc.encode())],
        "path_params": variables, "app": request.app, "scheme": request.url.scheme, "server": ("127.0.0.1", 80), "root_path": "",
    })  # fmt: skip
    try:
        response = resource.work(Question(asked, *checked(asked, resource.asks)))
    except (Problem, SiegemError):  # this publication does not have it
        response = Response(status_code=404)
    address = path + (f"?{query}" if query else "")
    link = f'<p class="ejemplo">Ejemplo: <a href="{escape(address)}"><code>GET {escape(address)}</code></a></p>'
    return link + _code(_shown(bytes(response.body), str(response.media_type))) if response.status_code == 200 else link


def _shown(body: bytes, media: str) -> str:
    if not media.endswith("json"):
        return "\n".join(body.decode("utf-8-sig").splitlines()[:4]) + "\n…"
    text = orjson.dumps(_short(orjson.loads(body)), option=orjson.OPT_INDENT_2).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(chr(10), 1)[0]}\n  …"


def _short(value: Any, depth: int = 0) -> Any:
    """The beginning of lists, and objects within objects by their first fields: enough to see the form."""
    if isinstance(value, list):
        rest = [f"… y {len(value) - 1} más"] if len(value) > 1 else []
        return [*(_short(v, depth + 1) for v in value[:1]), *rest]
    if isinstance(value, dict):
        kept = list(value.items()) if depth < 3 else list(value.items())[:3]
        return {**{k: _short(v, depth + 1) for k, v in kept}, **({"…": "…"} if len(kept) < len(value) else {})}
    return value if not isinstance(value, str) or len(value) < 140 else f"{value[:140]}…"
