"""What may be asked: each parameter once, for the check of a question, for OpenAPI and for the page that explains the API."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request

from dashboard.answers import Problem
from warehouse.errors import suggest
from warehouse.periods import KINDS
from warehouse.territories import LEVELS

#: rows of a JSON answer, and the most that may be asked for at once
PAGE = 10_000
_PERIOD = r"(19|20)\d{2}(-(0[1-9]|1[0-2]|T[1-4]|S[12]))?"


@dataclass(frozen=True)
class Parameter:
    """`told` is Spanish. `listed`: several values with commas between them. An empty value is as none."""

    name: str
    told: str
    example: str
    pattern: str = ""
    enum: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    longest: int = 80
    listed: bool = False
    in_path: bool = False
    #: comes several times, so many at most
    repeated: int = 0
    default: str = ""
    #: what is said of a value that does not fit: «{}» is the value
    wrong: str = ""

    def schema(self) -> dict[str, Any]:
        """The JSON schema, which says exactly what `check` lets in."""
        if self.bounds:
            one: dict[str, Any] = {"type": "integer", "minimum": self.bounds[0], "maximum": self.bounds[1]}
        elif self.enum:
            one = {"type": "string", "enum": list(self.enum)}
        elif self.pattern:
            one = {"type": "string", "pattern": f"^({self.pattern})$"}
        else:
            one = {"type": "string", "maxLength": self.longest}
        if self.default:
            one["default"] = int(self.default) if self.bounds else self.default
        if self.repeated:
            return {"type": "array", "items": one, "minItems": 1, "maxItems": self.repeated}
        return {"type": "array", "items": one, "maxItems": 200} if self.listed else one

    def documented(self) -> dict[str, Any]:
        """The parameter as OpenAPI writes it."""
        example: Any = self.example.split(",") if self.listed or self.repeated else int(self.example) if self.bounds else self.example
        several = {"style": "form", "explode": bool(self.repeated)} if self.listed or self.repeated else {}
        empty = {} if self.in_path or self.bounds or self.repeated else {"allowEmptyValue": True}
        return {
            "name": self.name, "in": "path" if self.in_path else "query", "required": self.in_path or bool(self.repeated),
            "description": self.told, "schema": self.schema(), "example": example, **several, **empty,
        }  # fmt: skip

    def check(self, value: str) -> None:
        """Raises Problem with what is wrong and what to write."""
        parts = value.split(",") if self.listed else [value]
        if len(parts) > 200:
            raise Problem(400, f"«{self.name}» trae {len(parts)} valores.", "Pida hasta 200 a la vez.")
        for one in parts:
            if not self._fits(one):
                shown = one if len(one) <= 60 else f"{one[:60]}…"
                near = suggest(one, self.enum) if self.enum and len(one) < 60 else ""
                raise Problem(400, (self.wrong or f"«{self.name}» no admite «{{}}».").format(shown) + near, self._cure())

    def _fits(self, one: str) -> bool:
        if self.bounds:
            return bool(re.fullmatch(r"0|[1-9][0-9]{0,8}", one)) and self.bounds[0] <= int(one) <= self.bounds[1]
        if self.enum:
            return one in self.enum
        return bool(re.fullmatch(self.pattern, one, re.ASCII)) if self.pattern else len(one) <= self.longest

    def _cure(self) -> str:
        if self.bounds:
            return f"Escriba un número entero de {self.bounds[0]} a {self.bounds[1]}, p. ej. {self.name}={self.example}."
        if self.enum:
            *rest, last = (f"{self.name}={x}" for x in self.enum)
            return f"Use {', '.join(rest)} o {last}." if rest else f"Use {last}."
        return f"P. ej. {self.example}." if self.in_path else f"P. ej. {self.name}={self.example}."


_INDICATOR = r"[a-z][a-z0-9_]{0,79}"
PUBLICATION = Parameter(
    "publicacion", "Número de la publicación; sin él, la vigente. Con él, la respuesta no cambia nunca y se puede citar.", "2", bounds=(1, 999_999),
    wrong="«{}» no es un número de publicación.",
)  # fmt: skip
INDICATORS = Parameter(
    "indicador", "Identificador de un indicador, o varios con comas; están en /api/v1/indicadores.", "pct_tramites_en_plazo", pattern=_INDICATOR,
    listed=True, wrong="«{}» no es un identificador de indicador.",
)  # fmt: skip
ONE_INDICATOR = replace(INDICATORS, listed=False, told="Identificador de un indicador; están en /api/v1/indicadores.")
OF_PATH = replace(ONE_INDICATOR, name="id", in_path=True)
PLACES = Parameter(
    "territorio", "Código del INEI, o varios con comas: 13 es La Libertad, 00 el Perú, PILOTO los tres pilotos, L15 Lima como departamento. "
    "Con cuatro cifras, una provincia: da sus valores del desglose «provincia».", "13,18", pattern=r"\d{2}|\d{4}|\d{6}|L15|PILOTO", listed=True,
    wrong="«{}» no es un código de territorio.",
)  # fmt: skip
ONE_PLACE = replace(PLACES, told="Código del INEI con dos cifras: 13 es La Libertad, 00 el Perú, PILOTO los tres pilotos.", listed=False,
                    example="13", pattern=r"\d{2}|L15|PILOTO")  # fmt: skip
PLACE_OF_PATH = replace(
    ONE_PLACE, name="codigo", in_path=True, told="Código del INEI: dos cifras, o cuatro de una provincia.", pattern=r"\d{2}|\d{4}|L15|PILOTO"
)
KIND = Parameter("tipo", "Tipo de periodo, o varios con comas.", "trimestre", enum=KINDS, listed=True, wrong="El tipo de periodo «{}» no existe.")
_period = Parameter("periodo", "Un periodo, o varios con comas: 2025, 2025-S1 (semestre), 2025-T3 (trimestre) o 2025-09 (mes).", "2026-T3",
                    pattern=_PERIOD, listed=True, wrong="«{}» no es un periodo.")  # fmt: skip
PERIODS = _period
ONE_PERIOD = replace(_period, listed=False, told="Un periodo: 2025, 2025-S1, 2025-T3 o 2025-09.")
SINCE = replace(ONE_PERIOD, name="desde", told="Desde el comienzo de este periodo: desde=2025 es desde enero.", example="2025")
UNTIL = replace(ONE_PERIOD, name="hasta", told="Hasta el final de este periodo: hasta=2025 es hasta diciembre.", example="2026-T3")
BREAKDOWN = Parameter(
    "desglose", "Por qué se divide el valor (los desgloses de cada indicador están en su ficha); «ninguno» pide solo los valores sin dividir.",
    "ninguno", pattern=r"[a-z][a-z0-9_]{0,39}", wrong="El desglose «{}» no existe.",
)  # fmt: skip
CATEGORY = Parameter("categoria", "Una categoría del desglose.", "1301", longest=60)
LIMIT = Parameter("limite", "Filas de la respuesta.", "100", bounds=(1, PAGE), default=str(PAGE))
LIMIT_OF_VALUES = replace(LIMIT, told="Filas de la respuesta; si no se dice, 10,000 en JSON y todas en CSV.", default="")
OFFSET = Parameter("desde_fila", "Fila por la que se empieza; la primera es 0. La página que sigue viene en «siguiente».", "0", bounds=(0, 9_999_999))
FORMAT = Parameter("formato", "Formato de la respuesta.", "csv", enum=("json", "csv", "xlsx"), default="json", wrong="El formato «{}» no existe.")
FORM_OF_TABLE = replace(FORMAT, enum=("json", "csv"))
LANGUAGE = Parameter("lang", "Idioma de los textos: es o en.", "en", pattern=r"[a-z]{2}", wrong="«{}» no es un idioma.")
TABLE = Parameter("tabla", "Tabla de los contratos, p. ej. tramites.", "tramites", pattern=r"[a-z][a-z0-9_]{0,59}", wrong="«{}» no es una tabla.")
REGION = Parameter(
    "region", "Código de quien entrega: dos cifras; 00 es nacional.", "13", pattern=r"\d{2}", wrong="«{}» no es el código de una región."
)
RULE = Parameter("regla", "Identificador de la regla de calidad.", "G-06", pattern=r"[A-Za-z0-9_.-]{1,40}", wrong="«{}» no es una regla.")
OUTCOME = Parameter("estado", "Resultado de la regla.", "falla", enum=("cumple", "falla", "no_evaluable"), wrong="El estado «{}» no existe.")
LEVEL = Parameter("nivel", "Solo los territorios de este nivel; las provincias vienen solo si se piden.", "provincia",
                  enum=tuple(x for x in LEVELS if x != "distrito"), wrong="El nivel «{}» no existe.")  # fmt: skip
AREA = Parameter("area", "Solo los indicadores de esta área, p. ej. PRO; los códigos están en /api/v1/metadatos.", "PRO", pattern="[A-Z]{2,5}",
                 wrong="«{}» no es un área.")  # fmt: skip
WANTED_FIGURES = Parameter("de", "Nombre de una figura y su consulta, codificados.", "mapa?indicador=pct_tramites_en_plazo", longest=400, repeated=24)
FIGURE = Parameter("nombre", "Nombre de la figura.", "tendencia", pattern=r"[a-z_]{1,40}", in_path=True, wrong="No existe la figura «{}».")
ONE_KIND = replace(KIND, listed=False, told="Tipo de periodo.")
NUMBER = replace(PUBLICATION, name="numero", in_path=True, told="Número de la publicación.")


def checked(request: Request, parameters: tuple[Parameter, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """The query, empty values left out, and what is in the path. Raises Problem on one unknown, twice or that does not fit."""
    known = {p.name: p for p in parameters if not p.in_path}
    query: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        if key not in known:
            told = f"Se admiten: {', '.join(known)}." if known else "Esta dirección no admite parámetros."
            raise Problem(400, f"El parámetro «{key[:60]}» no existe.{suggest(key, known) if len(key) < 60 else ''}", told)
        if key in query and not known[key].repeated:
            raise Problem(400, f"El parámetro «{key}» viene dos veces.", "Escríbalo una sola vez.")
        query[key] = value
        if value or known[key].bounds:  # a number that was lost must not become «the newest»
            known[key].check(value)
    path = {p.name: str(request.path_params[p.name]) for p in parameters if p.in_path}
    for p in parameters:
        if p.in_path:
            p.check(path[p.name])
    return {k: v for k, v in query.items() if v}, path
