"""Files and answers in the real layouts of public sources, made from the official series of a folder or from a few rows. No tests here."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import xlsxwriter

# ---- MEF, monthly spending: 63 columns

MEF = (
    "ANO_EJE", "MES_EJE", "NIVEL_GOBIERNO", "NIVEL_GOBIERNO_NOMBRE", "SECTOR", "SECTOR_NOMBRE", "PLIEGO", "PLIEGO_NOMBRE", "SEC_EJEC",
    "EJECUTORA", "EJECUTORA_NOMBRE", "DEPARTAMENTO_EJECUTORA", "DEPARTAMENTO_EJECUTORA_NOMBRE", "PROVINCIA_EJECUTORA",
    "PROVINCIA_EJECUTORA_NOMBRE", "DISTRITO_EJECUTORA", "DISTRITO_EJECUTORA_NOMBRE", "SEC_FUNC", "PROGRAMA_PPTO", "PROGRAMA_PPTO_NOMBRE",
    "TIPO_ACT_PROY", "TIPO_ACT_PROY_NOMBRE", "PRODUCTO_PROYECTO", "PRODUCTO_PROYECTO_NOMBRE", "ACTIVIDAD_ACCION_OBRA",
    "ACTIVIDAD_ACCION_OBRA_NOMBRE", "FUNCION", "FUNCION_NOMBRE", "DIVISION_FUNCIONAL", "DIVISION_FUNCIONAL_NOMBRE", "GRUPO_FUNCIONAL",
    "GRUPO_FUNCIONAL_NOMBRE", "META", "FINALIDAD", "META_NOMBRE", "DEPARTAMENTO_META", "DEPARTAMENTO_META_NOMBRE", "FUENTE_FINANC",
    "FUENTE_FINANC_NOMBRE", "RUBRO", "RUBRO_NOMBRE", "TIPO_RECURSO", "TIPO_RECURSO_NOMBRE", "CATEG_GASTO", "CATEG_GASTO_NOMBRE",
    "TIPO_TRANSACCION", "GENERICA", "GENERICA_NOMBRE", "SUBGENERICA", "SUBGENERICA_NOMBRE", "SUBGENERICA_DET", "SUBGENERICA_DET_NOMBRE",
    "ESPECIFICA", "ESPECIFICA_NOMBRE", "ESPECIFICA_DET", "ESPECIFICA_DET_NOMBRE", "MONTO_PIA", "MONTO_PIM", "MONTO_CERTIFICADO",
    "MONTO_COMPROMETIDO_ANUAL", "MONTO_COMPROMETIDO", "MONTO_DEVENGADO", "MONTO_GIRADO",
)  # fmt: skip
_MEF_USUAL = {
    "NIVEL_GOBIERNO": "R", "NIVEL_GOBIERNO_NOMBRE": "GOBIERNOS REGIONALES", "SECTOR": "99", "SECTOR_NOMBRE": "GOBIERNOS REGIONALES",
    "PLIEGO": "455", "PLIEGO_NOMBRE": "GOBIERNO REGIONAL DEL DEPARTAMENTO DE MOQUEGUA", "SEC_EJEC": "000890", "EJECUTORA": "001",
    "EJECUTORA_NOMBRE": "REGION MOQUEGUA-SEDE CENTRAL", "DEPARTAMENTO_EJECUTORA": "18", "DEPARTAMENTO_EJECUTORA_NOMBRE": "MOQUEGUA",
    "PROVINCIA_EJECUTORA": "01", "PROVINCIA_EJECUTORA_NOMBRE": "MARISCAL NIETO", "DISTRITO_EJECUTORA": "01",
    "DISTRITO_EJECUTORA_NOMBRE": "MOQUEGUA", "SEC_FUNC": "0012", "PROGRAMA_PPTO": "9002",
    "PROGRAMA_PPTO_NOMBRE": "ASIGNACIONES PRESUPUESTARIAS QUE NO RESULTAN EN PRODUCTOS", "TIPO_ACT_PROY": "3",
    "TIPO_ACT_PROY_NOMBRE": "ACTIVIDAD", "PRODUCTO_PROYECTO": "3999999", "PRODUCTO_PROYECTO_NOMBRE": "SIN PRODUCTO",
    "ACTIVIDAD_ACCION_OBRA": "5000669", "ACTIVIDAD_ACCION_OBRA_NOMBRE": "DESARROLLO DE LA MINERIA, PEQUEÑA Y ARTESANAL", "FUNCION": "13",
    "FUNCION_NOMBRE": "MINERIA", "DIVISION_FUNCIONAL": "029", "DIVISION_FUNCIONAL_NOMBRE": "MINERIA", "GRUPO_FUNCIONAL": "0056",
    "GRUPO_FUNCIONAL_NOMBRE": "PROMOCION MINERA", "META": "00001", "FINALIDAD": "0050123", "META_NOMBRE": "PROMOVER LA FORMALIZACIÓN",
    "DEPARTAMENTO_META": "18", "DEPARTAMENTO_META_NOMBRE": "MOQUEGUA", "FUENTE_FINANC": "5", "FUENTE_FINANC_NOMBRE": "RECURSOS DETERMINADOS",
    "RUBRO": "18", "RUBRO_NOMBRE": "CANON Y SOBRECANON, REGALIAS, RENTA DE ADUANAS Y PARTICIPACIONES", "TIPO_RECURSO": "H",
    "TIPO_RECURSO_NOMBRE": "SUB CUENTA - CANON MINERO", "CATEG_GASTO": "5", "CATEG_GASTO_NOMBRE": "GASTOS CORRIENTES",
    "TIPO_TRANSACCION": "2", "GENERICA": "3", "GENERICA_NOMBRE": "BIENES Y SERVICIOS", "SUBGENERICA": "2",
    "SUBGENERICA_NOMBRE": "CONTRATACION DE SERVICIOS", "SUBGENERICA_DET": "7", "SUBGENERICA_DET_NOMBRE": "SERVICIOS PROFESIONALES",
    "ESPECIFICA": "11", "ESPECIFICA_NOMBRE": "OTROS SERVICIOS", "ESPECIFICA_DET": "99", "ESPECIFICA_DET_NOMBRE": "SERVICIOS DIVERSOS",
    "MONTO_PIA": "0", "MONTO_PIM": "0", "MONTO_CERTIFICADO": "0", "MONTO_COMPROMETIDO_ANUAL": "0", "MONTO_COMPROMETIDO": "0",
    "MONTO_DEVENGADO": "0", "MONTO_GIRADO": "0",
}  # fmt: skip


def mef_row(anio: int, mes: int, **changes: object) -> list[str]:
    """A row of the 63 columns: mining spending of the regional government of Moquegua, unless told otherwise."""
    row = {**_MEF_USUAL, "ANO_EJE": str(anio), "MES_EJE": str(mes), **{k: str(v) for k, v in changes.items()}}
    return [row[c] for c in MEF]


def mef_csv(rows: Iterable[list[str]], *, encoding: str = "utf-8") -> bytes:
    """The file as MEF publishes it: upper case, codes with leading zeros, commas, quotes where a text has one."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(MEF)
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def mef_of_departments(series: Path, anio: int) -> Iterator[list[str]]:
    """Rows of all levels that add up to the published budget of each department: opening in month 0, spending in every month.

    Cents are kept exactly: the last month takes what the others leave.
    """
    levels = (("E", "GOBIERNO NACIONAL", "016", "M. DE ENERGIA Y MINAS"), ("M", "GOBIERNOS LOCALES", "300001", "MUNICIPALIDAD"))
    with series.open(encoding="utf-8", newline="") as source:
        for line in csv.DictReader(source):
            if int(line["year"]) != anio:
                continue
            where = {"DEPARTAMENTO_META": line["dep_code"], "DEPARTAMENTO_META_NOMBRE": line["region"].upper()}
            columns = {"MONTO_PIA": "pia", "MONTO_PIM": "pim", "MONTO_CERTIFICADO": "certified"}
            opening = {k: cents(line[v]) for k, v in columns.items() if line[v]}
            spent = {k: cents(line[v]) for k, v in {"MONTO_DEVENGADO": "accrued", "MONTO_GIRADO": "paid"}.items() if line[v]}
            for i, (level, level_name, pliego, name) in enumerate(levels):
                who = {**where, "NIVEL_GOBIERNO": level, "NIVEL_GOBIERNO_NOMBRE": level_name, "PLIEGO": pliego, "PLIEGO_NOMBRE": name}
                yield mef_row(anio, 0, **who, **{k: soles(share(v, 2, i)) for k, v in opening.items()})
                for mes in range(1, 13):
                    yield mef_row(anio, mes, **who, **{k: soles(share(share(v, 2, i), 12, mes - 1)) for k, v in spent.items()})


def mef_of_regions(lines: Iterable[dict[str, str]], pliegos: dict[str, dict[str, str]], anio: int) -> Iterator[list[str]]:
    """Rows of regional governments that add up to the published mining budget of each: PIM in month 0, twelve months of spending."""
    by_region = {p["region"]: (code, p["nombre"]) for code, p in pliegos.items()}
    for line in lines:
        code, name = by_region[line["dep_code"]]
        who = {"PLIEGO": code, "PLIEGO_NOMBRE": f"GOBIERNO REGIONAL DEL DEPARTAMENTO DE {name.upper()}", "DEPARTAMENTO_META": line["dep_code"]}
        whole = soles(cents(line["pim"]))
        yield mef_row(anio, 0, **who, MONTO_PIA=whole, MONTO_PIM=whole, MONTO_CERTIFICADO=whole)
        for mes in range(1, 13):
            spent = soles(share(cents(line["accrued"]), 12, mes - 1))
            yield mef_row(anio, mes, **who, MONTO_COMPROMETIDO=spent, MONTO_DEVENGADO=spent, MONTO_GIRADO=spent)


def cents(text: str) -> int:
    return round(float(text) * 100)


def soles(amount: int) -> str:
    return f"{amount / 100:.2f}"


def share(total: int, parts: int, part: int) -> int:
    """The `part`-th of `parts` whole shares that add up to `total`."""
    return total // parts + (total % parts if part == parts - 1 else 0)


# ---- MINEM, monthly production by unit

_METALS = {
    "cobre": ("COBRE", "TMF"), "oro": ("ORO", "Grs. f."), "plata": ("PLATA", "Kg. f."), "zinc": ("ZINC", "TMF"), "hierro": ("HIERRO", "TMF"),
    "estano": ("ESTAÑO", "TMF"), "molibdeno": ("MOLIBDENO", "TMF"), "plomo": ("PLOMO", "TMF"),
}  # fmt: skip
_STRATA = {"regimen_general": "RÉGIMEN GENERAL", "ppm": "PEQUEÑO PRODUCTOR MINERO", "pma": "PRODUCTOR MINERO ARTESANAL"}
_MONTHS = ("ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SET", "OCT", "NOV", "DIC")
Unit = tuple[str, str, str, str, str, str, dict[int, float]]


def production(series: Path, anio: int) -> dict[tuple[str, str, str], dict[int, tuple[int, int, int]]]:
    """The official series of a year: (department's name, metal, stratum) -> month -> (production, units reporting, units producing)."""
    found: dict[tuple[str, str, str], dict[int, tuple[int, int, int]]] = {}
    with series.open(encoding="utf-8", newline="") as source:
        for line in csv.DictReader(source):
            if line["year"] == str(anio):
                figures = int(float(line["production"])), int(line["units_reporting"]), int(line["units_producing"])
                found.setdefault((line["region"], line["metal"], line["stratum"]), {})[int(line["month"])] = figures
    return found


def units_of(months: dict[int, tuple[int, int, int]], region: str, stratum: str, artisanal: bool = False) -> Iterator[Unit]:
    """Holders and units that add up to a region's months; the first is the artisanal aggregate («-------») where asked."""
    for number in range(max(reporting for _, reporting, _ in months.values())):
        declared: dict[int, float] = {}
        for month, (total, reporting, producing) in months.items():
            if number < producing:
                declared[month] = share(total * 1000, producing, number) / 1000
            elif number < reporting:
                declared[month] = 0.0
        place = ("-------", "-------") if artisanal and number == 0 else ("PROVINCIA UNO", "DISTRITO DOS")
        holder = "DATA MINEROS ARTESANALES" if artisanal and number == 0 else f"MINERA {region.upper()} {number} S.A.C."
        yield (_STRATA[stratum], holder, f"UNIDAD {number}", region.upper(), *place, declared)


def minem_workbook(series: Path, anio: int, *, artisanal: str = "") -> bytes:
    """A year's workbook as published: one sheet a metal with its title and header further down; from 2025 one sheet with the metal as a column.

    `artisanal`: region whose first gold row of the general regime is the regional aggregate. Tin has its refinery rows, which count the
    concentrate again, and there is lead, which our contract does not have.
    """
    by_metal: dict[str, list[Unit]] = {}
    for (region, metal, stratum), months in production(series, anio).items():
        aggregate = bool(artisanal) and (region, metal, stratum) == (artisanal, "oro", "regimen_general")
        by_metal.setdefault(metal, []).extend(units_of(months, region, stratum, aggregate))
    by_metal["plomo"] = [("RÉGIMEN GENERAL", "MINERA DEL PLOMO S.A.", "PLOMO 1", "PASCO", "PASCO", "HUAYLLAY", {1: 10.0, 2: 11.5})]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    if anio >= 2025:
        sheet = book.add_worksheet("Producción")
        head = ["MINERAL", "UNIDAD DE MEDIDA", *_head("DEPARTAMENTO")]
        rows = [[*_METALS[m], *line] for m, units in by_metal.items() for line in _lines(m, units)]
        _write(sheet, [f"PRODUCCIÓN MINERA METÁLICA {anio}", "Cifras preliminares"], head, rows, total=False)
    else:
        for metal, units in by_metal.items():
            name, unit = _METALS[metal]
            sheet = book.add_worksheet(name)
            _write(
                sheet,
                ["MINISTERIO DE ENERGÍA Y MINAS", f"PRODUCCIÓN MINERA METÁLICA DE {name} ({unit}) - {anio}", ""],
                _head("REGIÓN"),
                _lines(metal, units),
            )
    book.close()
    return buffer.getvalue()


def _head(region: str) -> list[str]:
    return ["ETAPA", "PROCESO", "CLASIFICACIÓN", "TITULAR", "UNIDAD", region, "PROVINCIA", "DISTRITO", *_MONTHS, "TOTAL"]


def _lines(metal: str, units: list[Unit]) -> list[list[object]]:
    lines = [_line("CONCENTRACIÓN", unit) for unit in units]
    if metal == "estano":
        lines += [_line("REFINERÍA", unit) for unit in units]
    return lines


def _line(stage: str, unit: Unit) -> list[object]:
    *words, declared = unit
    months: list[object] = [declared.get(m) for m in range(1, 13)]
    return [stage, "FLOTACIÓN", *words, *months, round(sum(declared.values()), 3)]


def _write(sheet: xlsxwriter.worksheet.Worksheet, titles: list[str], head: list[str], rows: list[list[object]], *, total: bool = True) -> None:
    for number, title in enumerate(titles):
        sheet.write(number, 1, title)
    at = len(titles) + 1
    sheet.write_row(at, 1, head)
    for number, row in enumerate(rows, start=at + 1):
        sheet.write_row(number, 1, ["" if v is None else v for v in row])
    if total:
        first = head.index("ENE")
        sums = [round(sum(float(r[i] or 0) for r in rows), 3) for i in range(first, len(head))]  # type: ignore[arg-type]
        sheet.write_row(at + 1 + len(rows), 1, ["TOTAL", *[""] * (first - 1), *sums])


# ---- BCRP, series API


def bcrp_answer(name: str, values: dict[str, object]) -> bytes:
    """One series as the API answers it: labels and values as texts."""
    body = {
        "config": {"title": "Estadísticas del BCRP", "series": [{"name": name, "dec": "2"}]},
        "periods": [{"name": label, "values": [str(value)]} for label, value in values.items()],
    }
    return json.dumps(body, ensure_ascii=False).encode()


# ---- ArcGIS layers


def reinfo_rows(counts: dict[tuple[str, str], int], *, gap: int = 1) -> list[dict[str, object]]:
    """Rows of the REINFO layer, (department, state) -> how many, with the personal fields that must never be asked for.

    `gap`: distance between two OBJECTID.
    """
    rows: list[dict[str, object]] = []
    for (department, state), count in counts.items():
        for _ in range(count):
            number = 1 + len(rows) * gap
            rows.append({
                "OBJECTID": number, "COD_REINFO": f"{number:08d}", "NOMBRE_MIN": f"PERSONA {number}", "M_RUC": f"10{number:09d}",
                "ID_UNIDAD": f"{number:09d}", "TIPO_ACT": "EXPLOTACION", "ESTADO": state, "DEPARTAMENTO": department, "PROVINCIA": "UNA",
                "DISTRITO": "OTRO", "ID_DIST": None, "LATITUD_G84": -8.1, "LONGITUD_G84": -78.2, "FECHA_ACTUALIZACION": 1740528000000,
            })  # fmt: skip
    return rows


# ---- KoboToolbox, export of the baseline survey

KOBO_UNITS = (
    "start", "end", "ubicacion/ubigeo", "ubicacion/gps", "ubicacion/_gps_latitude", "ubicacion/_gps_longitude", "ubicacion/_gps_altitude",
    "ubicacion/_gps_precision", "informante/nombre", "informante/telefono", "muestra/estrato", "muestra/upm", "muestra/factor_expansion",
    "labor/tipo_labor", "labor/condicion", "labor/mineral", "proceso/insumos", "proceso/insumos/mercurio", "proceso/insumos/cianuro",
    "proceso/quema_abierta", "proceso/usa_retorta", "proceso/mercurio_kg_mes", "proceso/oro_g_mes", "_id", "_uuid", "_submission_time",
    "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index",
)  # fmt: skip
KOBO_PEOPLE = (
    "personas/nombre_persona", "personas/sexo", "personas/edad", "personas/ocupacion", "personas/horas_semana", "personas/ingreso_mensual",
    "personas/labor_peligrosa", "personas/asiste_escuela", "_index", "_parent_table_name", "_parent_index", "_submission__id",
    "_submission__uuid", "_submission__submission_time",
)  # fmt: skip


def kobo_unit(index: int, **changes: str) -> list[str]:
    """A surveyed unit as exported with XML names; its GPS point and informant are there, as they would be."""
    row = {
        "start": "2026-05-02T08:00:00.000-05:00", "end": "2026-05-02T09:00:00.000-05:00", "ubicacion/ubigeo": "130801",
        "ubicacion/gps": "-7.7718 -77.5914 3020.1 4.5", "ubicacion/_gps_latitude": "-7.7718", "ubicacion/_gps_longitude": "-77.5914",
        "ubicacion/_gps_altitude": "3020.1", "ubicacion/_gps_precision": "4.5", "informante/nombre": f"PERSONA {index}",
        "informante/telefono": "987654321", "muestra/estrato": "sierra", "muestra/upm": f"UPM{index:03d}", "muestra/factor_expansion": "12.5",
        "labor/tipo_labor": "subterranea", "labor/condicion": "en_proceso", "labor/mineral": "oro", "proceso/insumos": "mercurio",
        "proceso/insumos/mercurio": "1", "proceso/insumos/cianuro": "0", "proceso/quema_abierta": "si", "proceso/usa_retorta": "no",
        "proceso/mercurio_kg_mes": "0.8", "proceso/oro_g_mes": "400", "_id": str(1000 + index), "_uuid": f"aaaa-{index:04d}",
        "_submission_time": "2026-05-02T14:00:00", "_validation_status": "", "_notes": "", "_status": "submitted_via_web",
        "_submitted_by": "encuestador", "__version__": "v1", "_tags": "", "_index": str(index), **changes,
    }  # fmt: skip
    return [row[c] for c in KOBO_UNITS]


def kobo_person(index: int, parent: int, **changes: str) -> list[str]:
    """A person of the repeat group of unit `parent`."""
    row = {
        "personas/nombre_persona": f"PERSONA {index}", "personas/sexo": "mujer", "personas/edad": "34", "personas/ocupacion": "pallaqueo",
        "personas/horas_semana": "40", "personas/ingreso_mensual": "900", "personas/labor_peligrosa": "no", "personas/asiste_escuela": "",
        "_index": str(index), "_parent_table_name": "linea_base", "_parent_index": str(parent), "_submission__id": str(1000 + parent),
        "_submission__uuid": f"aaaa-{parent:04d}", "_submission__submission_time": "2026-05-02T14:00:00", **changes,
    }  # fmt: skip
    return [row[c] for c in KOBO_PEOPLE]


def kobo_csv(header: Iterable[str], rows: Iterable[list[str]], *, separator: str = ";") -> bytes:
    """A table of the export as CSV: every cell quoted, «;» by default, with the mark Excel likes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([list(header), *rows])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def kobo_workbook(units: list[list[str]], people: list[list[str]]) -> bytes:
    """The export as XLSX: a sheet for the survey and one for its repeat group; numbers as numbers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False})
    for name, header, rows in (("linea_base", KOBO_UNITS, units), ("personas", KOBO_PEOPLE, people)):
        sheet = book.add_worksheet(name)
        for number, row in enumerate([list(header), *rows]):
            for column, text in enumerate(row):
                whole = text.isdigit() and not text.startswith("0") and number
                sheet.write(number, column, int(text) if whole else text)
    book.close()
    return buffer.getvalue()
