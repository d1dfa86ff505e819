"""The small tables that go with the values: technical sheets, places, sources, index, deliveries, revisions, dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import formats
from dashboard.answers import Problem
from dashboard.index_rows import index_rows
from dashboard.narrative import indice
from dashboard.opendata.columns import Column
from dashboard.opendata.columns_about import DELIVERIES, INDEX, INDICATORS, PLACES, REVISIONS, SOURCES
from dashboard.opendata.values import Columns, columns_of, plain
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.states import PUBLISHED
from warehouse.territories import all_territories

LANGUAGES = ("es", "en")
_STATUS = {"legal": ("legal", "legal"), "acordada": ("acordada", "agreed"), "propuesta": ("propuesta", "proposed")}


def indicators(snap: Snapshot) -> Columns:
    return columns_of([_indicator(snap, s) for s in snap.indicators()], INDICATORS)


def _indicator(snap: Snapshot, sheet: Sheet) -> dict[str, Any]:
    f = sheet.ficha
    row: dict[str, Any] = {
        "indicador": sheet.id, "area": sheet.area, "escala": float(f.get("scale", 1)), "decimales": sheet.decimals, "sentido": sheet.direction,
        "periodo_principal": sheet.main_period, "tipos_periodo": "; ".join(sheet.periods),
        "desgloses": "; ".join(str(b["name"]) for b in sheet.breakdowns),
        "n_minimo": int(f.get("min_n", 1)), "metodo_intervalo": str(f["interval"]), "cambio_relevante": f.get("relevant_change"),
        "tablas": "; ".join(sheet.tablas), "responsable": str(f.get("owner", "")), "sintetico": sheet.synthetic,
    }  # fmt: skip
    for lang in LANGUAGES:
        above = f.get("numerator") or f.get("quantile") or {}
        row |= {
            f"nombre_area_{lang}": area_name(sheet.area, lang), f"nombre_{lang}": sheet.text("name", lang),
            f"pregunta_{lang}": sheet.text("question", lang),
            f"por_que_importa_{lang}": sheet.text("why_it_matters", lang), f"numerador_{lang}": in_lang(above.get("text"), lang),
            f"denominador_{lang}": in_lang((f.get("denominator") or {}).get("text"), lang), f"grupo_de_referencia_{lang}": _reference(f, lang),
            f"unidad_{lang}": sheet.unit(lang), f"nota_intervalo_{lang}": in_lang(f.get("interval_note"), lang),
            f"metas_{lang}": "; ".join(_target(m, lang) for m in f.get("targets") or []),
            f"lectura_{lang}": " ".join(in_lang(x, lang) for x in f.get("reading") or []), f"fuentes_{lang}": "; ".join(snap.publishers(sheet, lang)),
        }  # fmt: skip
    return row


def in_lang(text: Mapping[str, str] | None, lang: str) -> str:
    """A bilingual text, Spanish where it is in no other; empty where there is none."""
    return "" if not text else str(text.get(lang) or text.get("es") or "")


def _reference(ficha: Mapping[str, Any], lang: str) -> str:
    parts = [in_lang(((ficha.get("reference") or {}).get(k) or {}).get("text"), lang) for k in ("numerator", "denominator")]
    return " / ".join(p for p in parts if p)


def _target(target: Mapping[str, Any], lang: str) -> str:
    status = _STATUS.get(str(target["status"]), (str(target["status"]),) * 2)[lang == "en"]
    return f"{target['value']:g} ({status}): {in_lang(target['text'], lang)}"


def places() -> Columns:
    return columns_of(
        [{k: getattr(p, k) for k in ("codigo", "nombre", "nivel", "autoridad", "sigla", "piloto")} for p in all_territories().values()], PLACES
    )


def tables_of(snap: Snapshot) -> set[str]:
    """Tables behind an indicator of this publication."""
    return {t for s in snap.indicators() for t in s.tablas}


def sources(snap: Snapshot) -> Columns:
    rows = []
    for table, found in snap.sources(tables_of(snap)).items():
        origin = found["fuente"]
        row = {"tabla": table, "url": str(origin.get("url") or ""), "licencia": str(origin.get("licencia") or ""), "datos_al": found["datos_al"],
               "sintetico": bool(found["sintetico"])}  # fmt: skip
        for lang in LANGUAGES:
            row |= {f"nombre_{lang}": in_lang(origin.get("tabla") or origin.get("titulo"), lang) or table,
                f"publicador_{lang}": in_lang(origin.get("publicador"), lang),
                    f"advertencias_{lang}": " ".join(in_lang(a, lang) for a in origin.get("advertencias") or [])}  # fmt: skip
        rows.append(row)
    return columns_of(rows, SOURCES)


def index(snap: Snapshot) -> Columns:
    """Every period of the index, oldest first; no rows where the publication has none."""
    rows: list[dict[str, Any]] = []
    for period in snap.index_periods(indice.INDEX):
        try:
            rows += index_rows(snap, {"periodo": period})
        except Problem:
            break
    return columns_of(rows, INDEX)


def deliveries(snap: Snapshot) -> Columns:
    """Who delivered what and when. How many rows is told only where no cell that is withheld could be worked out from it."""
    frame = snap.submissions()
    shown = snap.indicators()
    personal = {t for s in shown if s.ficha.get("persons") for t in s.tablas}
    told = frame["tabla"].isin(tables_of(snap) - personal)
    names = {t: in_lang(r["fuente"].get("tabla") or r["fuente"].get("titulo"), "es") for t, r in snap.sources().items()}
    frame = frame.assign(
        nombre_tabla=frame["tabla"].map(names), entrego=frame["cod_region"].map(formats.place), recibido_el=frame["recibido_en"],
        **{c: frame[c].where(told, None) for c in ("filas", "filas_aceptadas", "filas_cuarentena")},
    )  # fmt: skip
    return {c.name: plain(frame[c.name], c) for c in DELIVERIES}


def revisions(snap: Snapshot) -> Columns:
    """Every revision up to this publication, newest first. A side that is not published has no figures."""
    frame = snap.revisions(indicador=[s.id for s in snap.indicators()])
    frame = frame.assign(publicada_el=frame["creada_en"])
    for side in ("anterior", "nuevo"):
        away = frame[f"estado_{side}"] != PUBLISHED
        for figure in ("valor", "numerador", "denominador"):
            frame[f"{figure}_{side}"] = frame[f"{figure}_{side}"].astype(object).where(~away, None)
    return {c.name: plain(frame[c.name], c) for c in REVISIONS}


def dictionary(files: Mapping[str, list[Column]]) -> list[dict[str, Any]]:
    """A row for each column of each file, and one for each code it admits."""
    rows: list[dict[str, Any]] = []
    for file, columns in files.items():
        for place, column in enumerate(columns, start=1):
            about = {"archivo": file, "orden": place, "columna": column.name}
            rows.append(
                {
                    **about,
                    "codigo": None,
                    "tipo": column.kind,
                    "obligatoria": column.required,
                    "significado_es": column.es,
                    "significado_en": column.en,
                }
            )
            rows += [{**about, "codigo": code, "significado_es": es, "significado_en": en} for code, (es, en) in column.codes.items()]
    return rows
