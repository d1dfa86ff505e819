"""The keys of a definition, for people: which there are and what they take comes from the model, what they are for is said here in Spanish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ops.contract_pages import markdown_table
from warehouse.contracts import Bilingual
from warehouse.indicators import AREAS, INTERVALS, Indicator

#: key -> what it is for; the id is no key, it is the file's name
TEXTS: dict[str, str] = {
    "name": "Nombre.",
    "short_name": "Nombre corto, para la matriz y las tarjetas.",
    "area": "Grupo en el que se muestra: " + ", ".join(f"{code} {title.es.lower()}" for code, title in AREAS.items()) + ".",
    "question": "La pregunta que responde, como la haría una persona.",
    "why_it_matters": "Por qué importa, en una o dos frases.",
    "fact": "Hecho del que sale: el nombre de un archivo de kpis/facts, sin .sql.",
    "form": "Cómo se llega al valor; vea las formas.",
    "filter": "Condición de fila: las que no la cumplen no cuentan.",
    "numerator": "Lo que se suma o cuenta arriba.",
    "numerator.expr": "Una sola suma o un solo conteo sobre columnas del hecho: sum(...) o count(*), con FILTER o CASE si hace falta.",
    "numerator.text": "Lo mismo en palabras.",
    "denominator": "Lo que se suma o cuenta abajo (formas ratio y relative).",
    "denominator.expr": "Como numerator.expr.",
    "denominator.text": "Lo mismo en palabras.",
    "quantile": "Para las formas quantile y survival.",
    "quantile.expr": "Número entero de cada fila, p. ej. días.",
    "quantile.q": "Qué cuantil: 0.5 es la mediana, 0.9 el percentil 90.",
    "quantile.observed": "Solo survival: condición de fila que dice cuáles ya terminaron; las demás siguen abiertas.",
    "quantile.text": "Lo mismo en palabras.",
    "reference": "Solo relative: el grupo con el que se compara.",
    "reference.numerator": "Como numerator, del grupo de referencia.",
    "reference.denominator": "Como denominator, del grupo de referencia.",
    "design": "Cuando las filas no son independientes: va con interval: clustered.",
    "design.cluster": "Columna que dice a qué conglomerado pertenece la fila (derecho, punto, hogar).",
    "design.stratum": "Columna del estrato de la muestra.",
    "design.min_clusters": "Con menos conglomerados no se publica.",
    "design.max_cv": "Con un coeficiente de variación mayor no se publica.",
    "size": "Lo que cuenta n, si no es el denominador (ratio) ni el numerador (count).",
    "size.expr": "Como numerator.expr.",
    "size.text": "Lo mismo en palabras.",
    "scale": "Por cuánto se multiplica: 100 para porcentajes.",
    "unit": "Unidad, tal como se escribe tras la cifra.",
    "decimals": "Decimales que se muestran.",
    "clock": "A qué periodo pertenece cada fila.",
    "clock.kind": "flow: las filas del periodo; stock: la situación al final; as_reported: una cifra impresa por periodo, que no se suma.",
    "clock.column": "Columna del hecho con la fecha, o con el código del periodo (2025, 2025-S1, 2025-05).",
    "clock.window_months": "Solo flow: suma los meses que terminan con el periodo; 36 son tres años móviles.",
    "periods": "Periodos que se calculan.",
    "main_period": "El que muestran la matriz, las tarjetas y los mapas.",
    "levels": "Para qué territorios se calcula.",
    "rollup": "sum suma de distrito a país; none deja cada cifra en el territorio en que se publicó.",
    "source_grain": "El territorio más fino que la fuente separa; con departamento, las dos Limas no se separan.",
    "absence": "Qué significa que un territorio no tenga filas: debía el dato, la fuente no registra casos, o la fuente no lo separa.",
    "breakdowns": "Desgloses: uno por línea.",
    "breakdowns.name": "Nombre en la dirección de la página y en las descargas.",
    "breakdowns.column": "Columna del hecho; «provincia» toma sola los nombres.",
    "breakdowns.of": "Qué es el 100 %: las filas de la propia categoría, o el total.",
    "breakdowns.headline": "Categoría que vale por el total, cuando las categorías se superponen.",
    "breakdowns.title": "Cómo se llama el desglose.",
    "breakdowns.labels": "Categoría → cómo se llama; si no se dice, lo dice el contrato de la tabla.",
    "undivided": "false si solo los desgloses tienen sentido.",
    "direction": "up: más es mejor; down: menos es mejor; context: ni lo uno ni lo otro, y no se juzga.",
    "accumulation": "Cómo avanza hacia una meta: situación, flujo, acumulado del año, capacidad instalada o reducción.",
    "interval": "Intervalo de 95 %; cada forma admite los suyos. none es para registros completos.",
    "interval_note": "Qué significa el intervalo aquí.",
    "min_n": "Con menos casos no se publica.",
    "relevant_change": "Menor cambio que merece decirse si no hay intervalo: puntos en un porcentaje, % en lo demás.",
    "compare_with_year_before": "false si no se compara con el mismo periodo del año anterior.",
    "flags": "Aviso → condición de fila: el valor lleva el aviso si alguna de sus filas la cumple.",
    "withheld": "Estado → condición de fila: el valor no se publica si alguna de sus filas la cumple.",
    "competence": "Condición de fila: solo esas cuentan; un territorio que solo tiene otras queda en «competencia de MINEM».",
    "competence_scope": "region: las filas de otra autoridad sí cuentan en la cifra del país.",
    "withheld_above": "Estado → parte de las filas por encima de la cual no se publica.",
    "withheld_above.numerator": "Suma o conteo de arriba.",
    "withheld_above.denominator": "Suma o conteo de abajo.",
    "withheld_above.above": "Límite de la parte.",
    "persons": "true si los casos son personas: las celdas de 1 a 4 no se publican, ni lo que las delataría.",
    "needs": "Tablas cuyas entregas hacen falta en el periodo; si no se dice, todas las regionales del hecho.",
    "public_breakdowns": "Desgloses que se muestran al público cuando los casos son personas.",
    "warm_up_months": "Meses del comienzo que se marcan incompletos porque faltan casos anteriores.",
    "targets": "Metas: una por línea. Solo las legales y las acordadas dan color.",
    "targets.value": "Valor de la meta, en la unidad del indicador.",
    "targets.status": "Quién la fijó: una norma, un acuerdo, o nadie todavía.",
    "targets.text": "La meta en palabras; si es legal, con su norma.",
    "targets.since": "Desde cuándo vale.",
    "targets.baseline": "De dónde se partió, en metas de capacidad o de reducción.",
    "targets.path": "anual_proporcional: en el mes m vale value × m / 12.",
    "audience": "Quién lo ve: el MEM, los foros, el público.",
    "reading": "Notas de lectura: lo que hay que saber para no leerla mal.",
    "perverse_incentives": "Qué se podría hacer para mejorar la cifra sin mejorar la gestión.",
    "base": "De qué contrato, norma o fuente sale.",
    "owner": "Oficina responsable.",
    "reviewed": "Revisión de la ficha.",
    "reviewed.by": "Quién la revisó; «pendiente» si nadie.",
    "reviewed.on": "Cuándo.",
    "reviewed.next": "Cuándo toca otra vez.",
    "example": "El ejemplo resuelto, que es la prueba de la definición.",
    "example.rows": "Filas del hecho, las menos que muestren cada regla: qué cuenta, qué no, qué cae fuera del periodo.",
    "example.territory": "Territorio de la cifra.",
    "example.period": "Periodo de la cifra.",
    "example.category": "Categoría, si la cifra es de un desglose.",
    "example.numerator": "Numerador que debe salir.",
    "example.denominator": "Denominador que debe salir.",
    "example.value": "Valor que debe salir; null si no se debe publicar.",
    "example.n": "n que debe salir.",
}  # fmt: skip

FORMS: dict[str, str] = {
    "ratio": "Una suma entre otra: «62 de 154».",
    "relative": "La razón de un grupo entre la de otro: mujeres frente a varones.",
    "count": "Una suma: muertes, toneladas, soles.",
    "quantile": "Un cuantil de un número entero de cada fila: la mediana de los días.",
    "survival": "Un cuantil que cuenta también lo que sigue abierto (Kaplan-Meier).",
}


def forms_table() -> str:
    """Every form with the intervals that it admits."""
    return markdown_table(
        ["forma", "qué es", "intervalos que admite"], [[f"`{f}`", FORMS[f], ", ".join(f"`{i}`" for i in INTERVALS[f])] for f in FORMS]
    )


def keys_table() -> str:
    """Every key of a definition: whether it must be there, what it takes, what it is for."""
    rows = [[f"`{k}`", "sí" if f.is_required() else _default(f), _takes(f.annotation), TEXTS.get(k, "—")] for k, f in keys(Indicator)]
    return markdown_table(["clave", "obligatoria, o lo que vale si no se dice", "qué lleva", "para qué"], rows)


def keys(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """(dotted key, field), those of a nested declaration after its own; the parts of a reference are those of the indicator."""
    for name, field in model.model_fields.items():
        key = f"{before}{name}"
        if key == "id":
            continue
        yield key, field
        inner = _inner(field.annotation)
        if inner is not None and before != "reference.":
            yield from keys(inner, f"{key}.")


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The declaration inside an annotation; a text in both languages is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None if annotation is Bilingual else annotation
    return next((found for a in get_args(annotation) if (found := _inner(a)) is not None), None)


_PLAIN = {str: "texto", int: "entero", float: "número", bool: "true o false", date: "fecha", Bilingual: "texto en es y en", Any: "valor"}


def _takes(annotation: Any) -> str:
    origin, inside = get_origin(annotation), [a for a in get_args(annotation) if a not in (NoneType, Ellipsis)]
    if origin is Literal:
        return ", ".join(f"`{v}`" for v in inside)
    if origin in (Union, UnionType):
        return _takes(inside[0])
    if origin is tuple:
        return f"lista de {_takes(inside[0])}"
    if origin is dict:
        return f"nombre → {_takes(inside[1])}"
    return _PLAIN.get(annotation, "claves")


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value in ("", (), {}):
        return "no"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{', '.join(value) if isinstance(value, tuple) else value}`"
