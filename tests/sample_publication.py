"""A realistic publication written straight through `warehouse.publications.publish`, for tests that read one: no ETL, no engine.

`build(folder)` gives a prepared warehouse with two publications: the second revises one figure of the first and adds the
newest quarter. Everything is computed from fixed numbers: the same on every machine.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from warehouse import publications, submissions
from warehouse.catalogue import indicators as installed
from warehouse.database import writing
from warehouse.periods import Period
from warehouse.publications import VALUE_COLUMNS, Draft
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.submissions import ACCEPTED, REJECTED, WARNED, RuleResult, Submission
from warehouse.territories import regions, territory

QUARTERS = [Period(date(2023 + i // 4, 1 + 3 * (i % 4), 1), "trimestre").code for i in range(3, 15)]  # 2023-T4 .. 2026-T3
LAST = QUARTERS[-1]
YEARS = ["2021", "2022", "2023", "2024", "2025"]
SITUATIONS = {
    "libre": 431,
    "sin_dac": 175,
    "paralizada": 92,
    "exploracion": 71,
    "sin_actividad": 48,
    "explotacion": 24,
    "construccion": 9,
    "atipica": 8,
}
#: territories whose newest quarter has no value, one for each reason a region can have
ABSENT = {
    "24": "no_reportado",
    "07": "n_insuficiente",
    "26": "competencia_minem",
    "25": "no_publicable",
    "16": "regla_no_superada",
    "05": "sin_denominador",
}
#: one indicator of each form that came later: a Kaplan–Meier median, a ratio between two groups, a rate, one that only has categories
SURVIVAL, RELATIVE, PER_WORKERS, BY_STEP = "mediana_dias_entidad", "razon_mujeres_formalizacion", "tasa_mortalidad_laboral", "mediana_dias_etapa"
#: labels that a publication takes from contracts and from the catalogue of places
NAMES = [
    ("pct_tramites_en_plazo", "provincia", {"1301": "Trujillo", "1310": "Pataz"}),
    (BY_STEP, "etapa", {"recepcion": "Recepción", "evaluacion_tecnica": "Evaluación técnica", "opinion_externa": "Opinión externa"}),
]
UNTIL = date(2026, 9, 30)


def _definition(id: str, area: str, es: str, en: str, unit: tuple[str, str], main: str, **more: Any) -> dict[str, Any]:
    both = lambda a, b: {"es": a, "en": b}  # noqa: E731
    return {
        "id": id, "name": both(es, en), "short_name": both(es, en), "area": area, "question": both(f"¿Cómo va: {es.lower()}?", f"How is it going: {en.lower()}?"),
        "why_it_matters": both("Muestra si la función se ejerce a tiempo.", "It shows whether the function is exercised in time."),
        "fact": "tramites", "form": "ratio", "filter": "", "numerator": {"expr": "count(*) filter (a_tiempo)", "text": both("Casos que cumplen", "Cases that comply")},
        "denominator": {"expr": "count(*)", "text": both("Todos los casos", "All cases")}, "quantile": None, "scale": 100.0, "unit": both(*unit), "decimals": 1,
        "clock": {"kind": "flow", "column": "fecha"}, "periods": [main], "main_period": main, "levels": ["region", "piloto", "pais"], "rollup": "sum",
        "source_grain": "region", "absence": "no_reportado", "breakdowns": [], "direction": "up", "accumulation": "flow", "interval": "wilson",
        "interval_note": None, "min_n": 10, "relevant_change": None, "compare_with_year_before": True, "flags": {}, "targets": [],
        "audience": ["mem", "foro", "publico"], "reading": [both("Incluye los pendientes vencidos.", "Overdue pending cases are included.")],
        "perverse_incentives": [], "base": "Catálogo", "owner": "MEM", "reviewed": {"by": "pendiente", "on": None, "next": None},
        "example": {"rows": [], "territory": "13", "period": "2026-T3", "category": "", "numerator": 1.0, "denominator": 2.0, "value": 50.0, "n": 2}, **more,
    }  # fmt: skip


def definitions() -> dict[str, dict[str, Any]]:
    """The sheets of the sample: the installed definitions where they exist, minimal ones of the same ids otherwise."""
    situation = {"es": "Situación del área", "en": "Status of the area"}
    own = [
        _definition("pct_tramites_en_plazo", "PRO", "Trámites notificados dentro del plazo", "Procedures notified in time", ("%", "%"), "trimestre"),
        _definition("p90_dias_ciudadano", "PRO", "P90 de días hábiles para el ciudadano", "P90 of working days for the citizen", ("días hábiles", "working days"),
                    "trimestre", form="quantile", numerator=None, denominator=None, scale=1.0, decimals=0, direction="down", interval="order_statistic",
                    quantile={"expr": "dias", "q": 0.9, "text": {"es": "Días hasta la notificación", "en": "Days until notified"}}),
        _definition("distribucion_situacion_area_2006", "FOR", "Situación de las áreas donde se ubican los mineros informales", "Status of the areas where informal miners work",
                    ("% de casos", "% of cases"), "anio", levels=["region", "piloto"], direction="context", absence="no_desagregado", min_n=20, source_grain="piloto",
                    breakdowns=[{"name": "situacion", "column": "situacion", "of": "whole", "title": situation, "labels": {}}], compare_with_year_before=False),
        _definition("pct_ejecucion_presupuestal", "REC", "Ejecución presupuestal", "Budget execution", ("%", "%"), "anio", interval="none", min_n=1,
                    relevant_change=5.0, source_grain="departamento", absence="sin_registro", levels=["region", "departamento", "pais"]),
        _definition("produccion_cobre", "ACT", "Producción de cobre", "Copper production", ("t", "t"), "anio", form="count", denominator=None, scale=1.0, decimals=0,
                    direction="context", interval="none", relevant_change=5.0, source_grain="departamento", absence="sin_registro",
                    levels=["region", "departamento", "pais"], min_n=1),
        _definition("muertes_accidentes_mineros", "ACT", "Muertes por accidentes en la minería", "Deaths in mining accidents", ("muertes", "deaths"), "anio",
                    form="count", denominator=None, scale=1.0, decimals=0, direction="down", interval="count", source_grain="departamento", absence="sin_registro",
                    levels=["region", "departamento", "pais"], min_n=1),
    ]  # fmt: skip
    found = installed()
    ready = {d["id"]: found[d["id"]].model_dump(mode="json") if d["id"] in found else d for d in own}
    ready |= {i: found[i].model_dump(mode="json") for i in (SURVIVAL, RELATIVE, PER_WORKERS, BY_STEP)}
    for id, breakdown, names in NAMES:
        next(b for b in ready[id]["breakdowns"] if b["name"] == breakdown)["labels"] = {k: {"es": v, "en": v} for k, v in names.items()}
    return ready


TABLES = {
    "pct_tramites_en_plazo": ["tramites"], "p90_dias_ciudadano": ["tramites"], "distribucion_situacion_area_2006": ["situacion_areas"],
    SURVIVAL: ["tramites"], RELATIVE: ["tramites"], PER_WORKERS: ["tramites"], BY_STEP: ["tramites"],
    "pct_ejecucion_presupuestal": ["presupuesto_departamento"], "produccion_cobre": ["produccion_metalica"], "muertes_accidentes_mineros": ["accidentes_mortales"],
}  # fmt: skip


def _chance(*parts: Any) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    return int(hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12], 16) / 16**12


def _wilson(x: float, n: float) -> tuple[float, float]:
    z, p = 1.959963984540054, x / n
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 100 * (middle - half), 100 * (middle + half)


def _row(indicator: str, place: str, kind: str, period: str, **figures: Any) -> dict[str, Any]:
    base: dict[str, Any] = dict.fromkeys(VALUE_COLUMNS)
    base |= {"indicador": indicator, "territorio": place, "nivel": territory(place).nivel, "tipo_periodo": kind, "periodo": period, "desglose": "",
             "categoria": "", "estado": "publicado", "avisos": [], "datos_al": UNTIL if kind == "trimestre" else date(int(period[:4]), 12, 31)}  # fmt: skip
    return base | figures


def _in_time(quarters: list[str]) -> Iterator[dict[str, Any]]:
    """Percentage with Wilson interval; change on the year before judged by whether the intervals meet."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for r in regions():
        for i, q in enumerate(quarters):
            n = int(20 + 240 * _chance("n", r.codigo) + 20 * _chance(r.codigo, q))
            fall = 0.22 if r.codigo in ("13", "21", "02") and q >= "2026-T1" else 0.0
            rate = min(0.95, max(0.1, 0.55 + 0.3 * _chance("p", r.codigo) - fall + 0.06 * (_chance("e", r.codigo, q) - 0.5) + 0.004 * i))
            counts[r.codigo, q] = (round(n * rate), n)
    for q in quarters:
        known = [r for r in regions() if not (q == LAST and r.codigo in ABSENT)]
        for place, members in [("00", known), ("PILOTO", [r for r in known if r.piloto])]:
            counts[place, q] = (sum(counts[m.codigo, q][0] for m in members), sum(counts[m.codigo, q][1] for m in members))
    for (place, q), (x, n) in counts.items():
        state = ABSENT.get(place) if q == LAST else None
        if state:
            yield _row(
                "pct_tramites_en_plazo",
                place,
                "trimestre",
                q,
                estado=state,
                n=4 if state == "n_insuficiente" else None,
                avisos=["sintetico"],
                cobertura=0.0,
            )
            continue
        low, high = _wilson(x, n)
        row = _row("pct_tramites_en_plazo", place, "trimestre", q, numerador=float(x), denominador=float(n), valor=100 * x / n, inferior=low, superior=high, n=n,
                   avisos=["sintetico"] + (["plazo_referencial"] if place in ("02", "13") else []), cobertura=round(0.7 + 0.3 * _chance("c", place, q), 2))  # fmt: skip
        before = f"{int(q[:4]) - 1}{q[4:]}"
        if (place, before) in counts:
            y, m = counts[place, before]
            diff = 100 * (x / n - y / m)
            half = 196 * math.sqrt(x / n * (1 - x / n) / n + y / m * (1 - y / m) / m)
            told = "sin_diferencia" if abs(diff) < half else "mejora" if diff > 0 else "empeora"
            row |= {
                "periodo_comparado": before,
                "cambio": diff,
                "cambio_inferior": diff - half,
                "cambio_superior": diff + half,
                "cambio_estado": told,
            }
        yield row


def _days(quarters: list[str]) -> Iterator[dict[str, Any]]:
    for place in [r.codigo for r in regions()] + ["00", "PILOTO"]:
        for q in quarters:
            state = ABSENT.get(place) if q == LAST else None
            if state:
                yield _row(
                    "p90_dias_ciudadano", place, "trimestre", q, estado=state, n=4 if state == "n_insuficiente" else None, avisos=["sintetico"]
                )
                continue
            days = float(round(45 + 70 * _chance("d", place) + 10 * _chance("d", place, q)))
            told = {"periodo_comparado": f"{int(q[:4]) - 1}{q[4:]}", "cambio": -3.0, "cambio_estado": "sin_diferencia"} if q > "2024-T3" else {}
            yield _row(
                "p90_dias_ciudadano",
                place,
                "trimestre",
                q,
                valor=days,
                inferior=days - 7,
                superior=days + 9,
                n=int(30 + 200 * _chance("n", place)),
                avisos=["sintetico"],
                **told,
            )


def _of_provinces() -> Iterator[dict[str, Any]]:
    """The newest quarter of La Libertad by province: provinces have values only within their region."""
    for province, x, n in (("1301", 30, 60), ("1310", 12, 40)):
        low, high = _wilson(x, n)
        yield _row("pct_tramites_en_plazo", "13", "trimestre", LAST, desglose="provincia", categoria=province, numerador=float(x), denominador=float(n),
                   valor=100 * x / n, inferior=low, superior=high, n=n, avisos=["sintetico"])  # fmt: skip


def _later_forms(quarters: list[str]) -> Iterator[dict[str, Any]]:
    """Few rows of each later form, with what is new in them: a limit that is not known yet, two absences, categories without a whole."""
    places = [r.codigo for r in regions()] + ["00", "PILOTO"]
    for place in places:
        for q in quarters[-5:]:
            days = float(round(25 + 15 * _chance("s", place) + 4 * _chance("s", place, q)))
            if place == "01" and q == LAST:
                yield _row(SURVIVAL, place, "trimestre", q, estado="no_alcanzado", n=31, avisos=["sintetico"])
                continue
            told = {"periodo_comparado": "2025-T3", "cambio": 1.0, "cambio_estado": "sin_diferencia"} if q == "2026-T3" else {}
            yield _row(SURVIVAL, place, "trimestre", q, valor=days, inferior=days - 3, superior=None if place == "02" else days + 5, n=160, meta=30.0,
                       meta_estado="no_concluyente", avisos=["sintetico"], **told)  # fmt: skip
        for y in YEARS[-3:]:
            women, men = 5 + 4 * _chance("w", place, y), 6 + 4 * _chance("m", place, y)
            absent = {"estado": "impreciso", "n": 12} if place == "03" and y == YEARS[-1] else {}
            yield _row(RELATIVE, place, "anio", y, avisos=["sintetico"], **(absent or {"numerador": women, "denominador": men, "valor": women / men,
                       "inferior": 0.8 * women / men, "superior": 1.2 * women / men, "n": 394}))  # fmt: skip
        deaths, workers = float(round(4 * _chance("k", place))), 4000.5 + 100 * _chance("t", place)
        yield _row(PER_WORKERS, place, "anio", YEARS[-1], numerador=deaths, denominador=workers, valor=1e4 * deaths / workers, inferior=0.0,
                   superior=1e4 * (deaths + 4) / workers, n=int(deaths), avisos=["sintetico"])  # fmt: skip
    for place in ("00", "13", "18"):
        for split, categories in {"etapa": {"recepcion": 1, "evaluacion_tecnica": 9, "opinion_externa": 12}, "opinante": {"ANA": 19}}.items():
            for category, days in categories.items():
                yield _row(BY_STEP, place, "trimestre", LAST, desglose=split, categoria=category, valor=float(days), inferior=days - 0.5, superior=days + 2.0,
                           n=90, avisos=["sintetico"])  # fmt: skip
    yield _row(BY_STEP, "19", "trimestre", LAST, desglose="etapa", categoria="recepcion", estado="n_insuficiente", n=4, avisos=["sintetico"])


def _situation() -> Iterator[dict[str, Any]]:
    total = sum(SITUATIONS.values())
    for category, cases in SITUATIONS.items():
        low, high = _wilson(cases, total)
        yield _row("distribucion_situacion_area_2006", "PILOTO", "anio", "2006", desglose="situacion", categoria=category, numerador=float(cases), denominador=float(total),
                   valor=100 * cases / total, inferior=low, superior=high, n=total)  # fmt: skip
        for pilot in ("13", "18", "19"):
            yield _row("distribucion_situacion_area_2006", pilot, "anio", "2006", desglose="situacion", categoria=category, estado="no_desagregado")


def _by_department(indicator: str, years: list[str], scale: float, *, ratio: bool = False, counts: bool = False) -> Iterator[dict[str, Any]]:
    """A yearly figure published by department: Lima is L15, and its two regions have none of their own."""
    sums = dict.fromkeys(years, 0.0)
    for place in [r.codigo for r in regions() if r.codigo not in ("15", "26")] + ["L15"]:
        for y in years:
            amount = round(scale * _chance(indicator, place) ** 3 * (0.9 + 0.2 * _chance(indicator, place, y)), 0 if counts else 1)
            if indicator == "produccion_cobre" and place in ("07", "24", "25", "16"):
                yield _row(indicator, place, "anio", y, estado="sin_registro")
                continue
            sums[y] += amount
            figures: dict[str, Any] = {"numerador": amount, "valor": amount}
            if ratio:
                figures = {"numerador": amount * 0.8, "denominador": amount, "valor": 60 + 35 * _chance("x", place, y)}
            if counts:
                figures |= {
                    "n": int(amount),
                    "inferior": max(0.0, amount - 1.96 * math.sqrt(amount)),
                    "superior": amount + 1.96 * math.sqrt(amount + 1),
                }
            yield _row(indicator, place, "anio", y, **figures, **({"periodo_comparado": str(int(y) - 1), "cambio": 1.5, "cambio_relativo": 2.5, "cambio_estado": "sin_diferencia"} if y > years[0] else {}))  # fmt: skip
    for y in years:
        yield _row(
            indicator, "00", "anio", y, numerador=sums[y], valor=82.5 if ratio else sums[y], **({"denominador": sums[y] / 0.825} if ratio else {})
        )
        for lima in ("15", "26"):
            yield _row(indicator, lima, "anio", y, estado="no_desagregado")


def values(quarters: list[str]) -> pd.DataFrame:
    """Every value of the sample up to the last of `quarters`."""
    rows = [*_in_time(quarters), *_days(quarters), *_later_forms(quarters), *(_of_provinces() if LAST in quarters else ()), *_situation(), *_by_department("pct_ejecucion_presupuestal", YEARS, 900, ratio=True),
            *_by_department("produccion_cobre", YEARS, 500_000), *_by_department("muertes_accidentes_mineros", YEARS, 20, counts=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=VALUE_COLUMNS)


def sources() -> list[dict[str, Any]]:
    def one(table: str, es: str, en: str, until: date, invented: bool, *warnings: tuple[str, str]) -> dict[str, Any]:
        source = {"publicador": {"es": es, "en": en}, "titulo": {"es": f"Cuadro {table}", "en": f"Table {table}"}, "url": "https://www.gob.pe/minem", "via": "Muestra de prueba",
                  "licencia": "", "fecha": str(until), "sintetico": invented, "advertencias": [{"es": a, "en": b} for a, b in warnings]}  # fmt: skip
        row = {
            "tabla": table,
            "fuente": source,
            "delta_version": 1,
            "filas": 4120,
            "filas_cuarentena": 7,
            "entregas": 26,
            "datos_al": until,
            "sintetico": invented,
        }
        return row | {"huella": publications.digest({k: v for k, v in row.items() if k != "delta_version"})}

    end = date(2025, 12, 31)
    return [
        one("tramites", "DREM, GREM y GREMH (demostración)", "DREM, GREM and GREMH (demonstration)", UNTIL, True, ("Datos generados para la demostración.", "Data generated for the demonstration.")),
        one("situacion_areas", "PERCAN, Ministerio de Energía y Minas", "PERCAN, Ministry of Energy and Mines", date(2006, 12, 31), False,
            ("La lámina no separa los casos por región.", "The slide does not split cases by region.")),
        one("presupuesto_departamento", "Ministerio de Economía y Finanzas", "Ministry of Economy and Finance", end, False),
        one("produccion_metalica", "Ministerio de Energía y Minas", "Ministry of Energy and Mines", end, False,
            ("Entre 2012 y 2017 el estrato artesanal se publicó aparte.", "Between 2012 and 2017 the artisanal stratum was published apart.")),
        one("accidentes_mortales", "Ministerio de Energía y Minas", "Ministry of Energy and Mines", end, False),
    ]  # fmt: skip


def deliveries() -> Iterator[Submission]:
    """One delivery of `tramites` for each region and the last two quarters; one rejected, some with warnings, one never came."""
    for q, received in (("2026-T2", datetime(2026, 7, 8, 15, tzinfo=UTC)), (LAST, datetime(2026, 10, 7, 15, tzinfo=UTC))):
        for place, r in enumerate(regions()):
            if q == LAST and r.codigo in ("24", "26"):
                continue
            state = REJECTED if (q, r.codigo) == (LAST, "16") else WARNED if place % 4 == 0 else ACCEPTED
            bad = 7 if state == WARNED else 0
            results = (
                RuleResult("G-04", "clave", "bloqueante", "cumple", 412, 0),
                RuleResult("G-06", "referencial", "error", "falla" if bad else "cumple", 412, bad, f"{bad} filas con ubigeo de otra región." if bad else "",
                           tuple(f"Fila {38 + i}, «ubigeo»: 190101 es de Pasco y el archivo es de {r.nombre}. Corrija el ubigeo." for i in range(bad))),
                RuleResult("G-11", "oportunidad", "advertencia", "no_evaluable" if place % 9 == 0 else "cumple", 1, 0),
            )  # fmt: skip
            yield Submission(
                tabla="tramites", cod_region=r.codigo, periodo=q, version=1, hash_archivo=hashlib.sha256(f"{q}{r.codigo}".encode()).hexdigest(),
                archivo=f"tramites_{r.codigo}_{q.replace('-', '')}.xlsx", estado=state, filas=412, filas_aceptadas=0 if state == REJECTED else 412 - bad,
                filas_cuarentena=bad, recibido_en=received + timedelta(hours=place), version_contrato="1.0.0", sintetico=True, celdas_requeridas=4120,
                celdas_vacias=12, fecha_limite=date(2026, 10, 9), datos_al=UNTIL, results=results,
                mensaje="La clave «id_tramite» se repite en 12 filas." if state == REJECTED else "",
            )  # fmt: skip


def build(folder: Path) -> Warehouse:
    """A prepared warehouse in `folder` with two publications."""
    warehouse = Warehouse(load(datos=folder)).prepare()
    with writing(warehouse.engine).begin() as connection:
        submissions.record(connection, deliveries(), None)
    ready = definitions()
    sheets = [
        {"indicador": i, "ficha": f, "tablas": TABLES[i], "sql": f"select 1 -- {i}", "huella": publications.digest(f)} for i, f in ready.items()
    ]
    first = values(QUARTERS[:-1])
    at = first.index[(first["indicador"] == "pct_tramites_en_plazo") & (first["territorio"] == "13") & (first["periodo"] == "2026-T2")][0]
    first.loc[at, ["numerador", "valor"]] = [first.loc[at, "numerador"] + 4, 100 * (first.loc[at, "numerador"] + 4) / first.loc[at, "denominador"]]
    for frame, until, note in ((first, date(2026, 6, 30), "Primera publicación"), (values(QUARTERS), UNTIL, "Tercer trimestre")):
        publications.publish(
            warehouse.engine,
            Draft(frame, sheets, sources(), {"tramites": 1}, "0.1.0", publications.digest(note), until, 0.93, note,
                  reason=lambda old, new: "La región corrigió la fecha de notificación de 4 expedientes."),
        )  # fmt: skip
    return warehouse
