"""Where a value comes from, in five steps: file received, rows, accepted version, rows that count, value."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html

from dashboard import formats
from dashboard.address import address
from dashboard.language import t
from dashboard.narrative import counted, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.errors import SiegemError
from warehouse.periods import parse
from warehouse.territories import COUNTRY, LIMA_DEPARTMENT

Row = dict[Any, Any]


def behind(snap: Snapshot, sheet: Sheet, row: Row) -> pd.DataFrame:
    """The accepted submissions a value rests on: of its tables, its region and its period where they are delivered by those."""
    every = snap.submissions(sheet.tablas, only_current=True)
    if every.empty:
        return every
    if row["nivel"] == "region":
        own = every[every["cod_region"] == row["territorio"]]
        every = own if len(own) else every[every["cod_region"].isin([COUNTRY, "", LIMA_DEPARTMENT])]
    inside = every[[_within(str(p), row["periodo"]) for p in every["periodo"]]]
    return inside if len(inside) else every


def _within(delivered: str, period: str) -> bool:
    """Whether a delivery's period meets the value's. A delivery not named by a period meets them all."""
    try:
        one, other = parse(delivered), parse(period)
    except SiegemError:
        return True
    return one.start <= other.end and other.start <= one.end


def boxes(snap: Snapshot, sheet: Sheet, row: Row, lang: str) -> html.Ol | None:
    """The five boxes for one published value, each a link to where it can be seen."""
    files = behind(snap, sheet, row)
    if files.empty or not sentences.is_published(row):
        return None
    quality = address("/calidad", tabla=sheet.tablas[0] if sheet.tablas else "")
    steps = [
        (t("1 · Archivo recibido", lang), *_file(files, lang), quality),
        (t("2 · Filas", lang), *_rows(files, lang), quality),
        (t("3 · Versión aceptada", lang), *_version(snap, sheet, files, lang), quality),
        (t("4 · Lo que cuenta", lang), *_counted(row, sheet, lang), "#ficha"),
        (
            t("5 · Valor", lang),
            *_value(row, sheet, lang),
            address("/api/v1/valores", indicador=sheet.id, territorio=row["territorio"], periodo=row["periodo"], formato="json"),
        ),
    ]
    items = []
    for i, (label, main, details, href) in enumerate(steps):
        shape = "linaje__paso linaje__paso--valor" if i == len(steps) - 1 else "linaje__paso"
        items.append(
            html.Li(
                html.A([html.Span(label, className="linaje__rotulo"), html.B(main), *(html.Span(d) for d in details if d)], href=href),
                className=shape,
            )
        )
    return html.Ol(items, className="linaje")


def _file(files: pd.DataFrame, lang: str) -> tuple[str, list[str]]:
    last = files.iloc[-1]
    when = formats.day(last["recibido_en"], lang)
    if not last["archivo"]:  # the public store has no names of files
        return formats.plural(len(files), t("archivo", lang), t("archivos", lang), lang), [t("El último, del {fecha}", lang).format(fecha=when)]
    if len(files) == 1:
        return str(last["archivo"]), [when, t("huella {huella}", lang).format(huella=str(last["hash_archivo"])[:12])]
    return formats.plural(len(files), t("archivo", lang), t("archivos", lang), lang), [
        t("El último: {archivo}, {fecha}", lang).format(archivo=last["archivo"], fecha=when)
    ]


def _rows(files: pd.DataFrame, lang: str) -> tuple[str, list[str]]:
    received, accepted, held = (counted.total(files, c, lang) for c in ("filas", "filas_aceptadas", "filas_cuarentena"))
    rows = t("{n} recibidas", lang).format(n=received)
    return rows, [t("{n} aceptadas", lang).format(n=accepted), t("{n} en cuarentena", lang).format(n=held)]


def _version(snap: Snapshot, sheet: Sheet, files: pd.DataFrame, lang: str) -> tuple[str, list[str]]:
    kept = snap.sources(sheet.tablas)
    names = [f"{table}: {t('versión', lang)} {r['delta_version']}" for table, r in kept.items()]
    replaced = int(files["version"].max())
    again = t("reemplaza a {n}", lang).format(n=replaced - 1) if replaced > 1 else t("primera entrega", lang)
    return t("Versión {n} de la entrega", lang).format(n=replaced), [again, *names]


def _counted(row: Row, sheet: Sheet, lang: str) -> tuple[str, list[str]]:
    part = sheet.ficha.get("denominator") or sheet.ficha.get("numerator") or {}
    words = (part.get("text") or {}).get(lang) or (part.get("text") or {}).get("es", "")
    if sheet.ficha["form"] in ("quantile", "survival"):
        quantile = (sheet.ficha.get("quantile") or {}).get("text") or {}
        return f"n = {formats.number(row['n'], 0, lang)}", [quantile.get(lang) or quantile.get("es", "")]
    if sheet.ficha["form"] == "relative":
        compared = [part, ((sheet.ficha.get("reference") or {}).get("denominator") or {})]
        return sentences.parts(row, sheet, lang), [x["text"].get(lang) or x["text"]["es"] for x in compared if x.get("text")]
    quantity = row["denominador"] if sheet.ficha["form"] == "ratio" else row["numerador"]
    return sentences.amount(quantity, lang), [words]


def _value(row: Row, sheet: Sheet, lang: str) -> tuple[str, list[str]]:
    return sentences.value(row, sheet, lang), [sentences.parts(row, sheet, lang), sentences.interval(row, sheet, lang)]
