"""MEF's spending file at its real size: made in the 63-column layout, then streamed, filtered, summed, checked and accepted in bounded memory.

Run: python -m benchmarks.mef [rows, 5,000,000 if not said]. Prints rows a second, seconds of wall and of processor, and the peak of
resident memory of the process that loads it. The file (about 1 KB a row) is made in the system's temporary folder and deleted at the end.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from etl.pipeline import ingest
from etl.sources import feeds
from etl.sources.polite import Patience
from warehouse.settings import load
from warehouse.store import Warehouse

FEED = "mef_presupuesto_regional"
YEAR = 2026
PROGRAMMES, RUBROS, GENERICAS = ("0126", "9001", "9002", "0068"), ("00", "09", "13", "18", "19"), ("1", "3", "4", "5", "6")
FUNCTIONS = ("MINERIA", "TRANSPORTE", "SALUD", "EDUCACIÓN", "AMBIENTE")
#: column -> expression over i (row), h (hash of it) and what `_rows` names; the order is the layout's
_COLUMNS = {
    "ANO_EJE": f"'{YEAR}'", "MES_EJE": "mes", "NIVEL_GOBIERNO": "nivel",
    "NIVEL_GOBIERNO_NOMBRE": "CASE nivel WHEN 'R' THEN 'GOBIERNOS REGIONALES' WHEN 'M' THEN 'GOBIERNOS LOCALES' ELSE 'GOBIERNO NACIONAL' END",
    "SECTOR": "'99'", "SECTOR_NOMBRE": "'GOBIERNOS REGIONALES'", "PLIEGO": "pliego", "PLIEGO_NOMBRE": "pliego_nombre",
    "SEC_EJEC": "lpad(CAST(h % 9000 AS VARCHAR), 6, '0')", "EJECUTORA": "'001'", "EJECUTORA_NOMBRE": "'SEDE CENTRAL, UNIDAD EJECUTORA'",
    "DEPARTAMENTO_EJECUTORA": "departamento", "DEPARTAMENTO_EJECUTORA_NOMBRE": "'DEPARTAMENTO ' || departamento", "PROVINCIA_EJECUTORA": "'01'",
    "PROVINCIA_EJECUTORA_NOMBRE": "'CAPITAL'", "DISTRITO_EJECUTORA": "'01'", "DISTRITO_EJECUTORA_NOMBRE": "'CAPITAL'",
    "SEC_FUNC": "lpad(CAST(h % 5000 AS VARCHAR), 4, '0')", "PROGRAMA_PPTO": "programa",
    "PROGRAMA_PPTO_NOMBRE": "'ASIGNACIONES PRESUPUESTARIAS QUE NO RESULTAN EN PRODUCTOS'", "TIPO_ACT_PROY": "'2'",
    "TIPO_ACT_PROY_NOMBRE": "'PROYECTO'",
    "PRODUCTO_PROYECTO": "CAST(2000000 + h % 600000 AS VARCHAR)",
    "PRODUCTO_PROYECTO_NOMBRE": "'MEJORAMIENTO DE LA CARRETERA, TRAMO ' || CAST(h % 600000 AS VARCHAR) || ', DISTRITO DE ÑAHUIMPUQUIO, TAYACAJA'",
    "ACTIVIDAD_ACCION_OBRA": "'4000001'", "ACTIVIDAD_ACCION_OBRA_NOMBRE": "'CONSTRUCCION DE CAMINOS'", "FUNCION": "'13'", "FUNCION_NOMBRE": "funcion",
    "DIVISION_FUNCIONAL": "'029'", "DIVISION_FUNCIONAL_NOMBRE": "funcion", "GRUPO_FUNCIONAL": "'0056'", "GRUPO_FUNCIONAL_NOMBRE": "funcion",
    "META": "lpad(CAST(h % 900 AS VARCHAR), 5, '0')", "FINALIDAD": "'0050123'", 
    "META_NOMBRE": "'EXPEDIENTE TECNICO Y OBRA ' || CAST(h % 90000 AS VARCHAR) || ' POR ADMINISTRACION DIRECTA, SEGUNDA ETAPA'",
    "DEPARTAMENTO_META": "departamento", "DEPARTAMENTO_META_NOMBRE": "'DEPARTAMENTO ' || departamento", "FUENTE_FINANC": "'5'",
    "FUENTE_FINANC_NOMBRE": "'RECURSOS DETERMINADOS'", "RUBRO": "rubro",
    "RUBRO_NOMBRE": "'CANON Y SOBRECANON, REGALIAS, RENTA DE ADUANAS Y PARTICIPACIONES'",
    "TIPO_RECURSO": "'H'", "TIPO_RECURSO_NOMBRE": "'SUB CUENTA - CANON MINERO'", "CATEG_GASTO": "'6'", "CATEG_GASTO_NOMBRE": "'GASTOS DE CAPITAL'",
    "TIPO_TRANSACCION": "'2'", "GENERICA": "generica", "GENERICA_NOMBRE": "'ADQUISICION DE ACTIVOS NO FINANCIEROS'", "SUBGENERICA": "'2'",
    "SUBGENERICA_NOMBRE": "'CONSTRUCCION DE EDIFICIOS Y ESTRUCTURAS'", "SUBGENERICA_DET": "'3'", "SUBGENERICA_DET_NOMBRE": "'OTRAS ESTRUCTURAS'",
    "ESPECIFICA": "'2'", "ESPECIFICA_NOMBRE": "'INFRAESTRUCTURA VIAL'", "ESPECIFICA_DET": "'3'",
    "ESPECIFICA_DET_NOMBRE": "'COSTO DE CONSTRUCCION POR CONTRATA'", "MONTO_PIA": "pia", "MONTO_PIM": "pim", "MONTO_CERTIFICADO": "certificado",
    "MONTO_COMPROMETIDO_ANUAL": "comprometido", "MONTO_COMPROMETIDO": "comprometido", "MONTO_DEVENGADO": "devengado", "MONTO_GIRADO": "girado",
}  # fmt: skip


def make(path: Path, rows: int) -> None:
    """A file of `rows` rows: the opening of every mining line in month 0, then spending of all levels and functions, month by month."""
    pliegos = feeds.load(feeds.FOLDER / f"{FEED}.yml").opciones["pliegos"]
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute("SET preserve_insertion_order = false")
        named = [{"pliego": code, "nombre": f"GOBIERNO REGIONAL DEL DEPARTAMENTO DE {p['nombre'].upper()}"} for code, p in pliegos.items()]
        engine.execute("CREATE TABLE pliegos AS SELECT row_number() OVER () - 1 AS n, * FROM (SELECT unnest(?, recursive := true))", [named])
        columns = ", ".join(f"{expression} AS {name}" for name, expression in _COLUMNS.items())
        engine.execute(f"COPY (SELECT {columns} FROM ({_rows(rows)})) TO '{path}' (FORMAT csv, HEADER true)")


def _rows(rows: int) -> str:
    def one_of(values: tuple[str, ...], spread: str) -> str:
        return f"[{', '.join(repr(v) for v in values)}][1 + ({spread}) % {len(values)}]"

    def month(more: int) -> str:
        return f"CASE WHEN {opening} THEN 0 ELSE CAST(h % 90000 / 100 + {more} AS DECIMAL(14, 2)) END"

    lines = 26 * len(PROGRAMMES) * len(RUBROS) * len(GENERICAS)
    opening = f"i < {lines}"
    return f"""
        SELECT i, h, CASE WHEN {opening} THEN 0 ELSE 1 + h // 64 % 12 END AS mes, p.pliego,
            CASE WHEN nivel = 'R' THEN p.nombre ELSE 'PLIEGO DE OTRO NIVEL' END AS pliego_nombre, nivel,
            lpad(CAST(1 + l // 100 % 25 AS VARCHAR), 2, '0') AS departamento, {one_of(PROGRAMMES, "l // 25")} AS programa,
            {one_of(RUBROS, "l // 5")} AS rubro, {one_of(GENERICAS, "l")} AS generica,
            CASE WHEN {opening} THEN 'MINERIA' ELSE {one_of(FUNCTIONS, "h // 8")} END AS funcion,
            CASE WHEN {opening} THEN 900000000 ELSE 0 END AS pia, CASE WHEN {opening} THEN 950000000 ELSE 0 END AS pim,
            CASE WHEN {opening} THEN 940000000.5 ELSE 0 END AS certificado, {month(2)} AS comprometido, {month(1)} AS devengado, {month(0)} AS girado
        FROM (
            SELECT i, CAST(hash(i) % 4294967296 AS BIGINT) AS h, CAST(CASE WHEN {opening} THEN i ELSE hash(i + 7) % {lines} END AS BIGINT) AS l,
                CASE WHEN {opening} OR hash(i) % 8 < 3 THEN 'R' WHEN hash(i) % 8 < 6 THEN 'M' ELSE 'E' END AS nivel
            FROM range({rows}) r(i)
        ) JOIN pliegos p ON p.n = l // 100
    """


def bring(path: Path, folder: Path) -> dict[str, Any]:
    """Stream, filter, check and accept the file at `path` in a warehouse below `folder`; what came of it and what it cost."""
    house = Warehouse(load(datos=folder)).prepare()
    feed = feeds.load(feeds.FOLDER / f"{FEED}.yml").model_copy(update={"url": "", "archivo": str(path), "anios": (), "periodo": str(YEAR)})
    clock = _Clock()
    received = list(feeds.collect(house, {FEED: feed}, Patience()))
    streamed = clock.spent()
    report = ingest(house, received)
    accepted = clock.spent()
    return {
        "problemas": [str(r.problem) for r in received if r.problem], "notas": [n for r in received for n in r.notes],
        "filas": sum(o.filas for o in report.outcomes), "aceptadas": sum(o.filas_aceptadas for o in report.outcomes),
        "leer": streamed, "aceptar": accepted, "pico_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


class _Clock:
    def __init__(self) -> None:
        self.started = time.perf_counter(), time.process_time()

    def spent(self) -> tuple[float, float]:
        """Seconds of wall and of processor since the last time."""
        now = time.perf_counter(), time.process_time()
        wall, processor = (b - a for a, b in zip(self.started, now, strict=True))
        self.started = now
        return wall, processor


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{YEAR}-Gasto-Mensual.csv"
        # Each part in its own process: the peak of one is not the other's.
        subprocess.run([sys.executable, "-m", "benchmarks.mef", "make", str(path), str(rows)], check=True)
        size = path.stat().st_size
        print(f"{rows:,} filas, {len(_COLUMNS)} columnas, {size / 1e9:.2f} GB")
        answer = subprocess.run([sys.executable, "-m", "benchmarks.mef", "bring", str(path), f"{folder}/datos"], check=True, stdout=subprocess.PIPE)
    got = json.loads(answer.stdout.decode().splitlines()[-1])
    for line in (*got["problemas"], *got["notas"]):
        print(line)
    (wall, processor), (wall_2, processor_2) = got["leer"], got["aceptar"]
    print(f"leer y sumar al vuelo      {wall:>8.1f} s {processor:>8.1f} CPU s   {rows / wall:>12,.0f} filas/s {size / wall / 1e6:>8.0f} MB/s")
    print(f"revisar y aceptar          {wall_2:>8.1f} s {processor_2:>8.1f} CPU s   {got['aceptadas']:,} de {got['filas']:,} filas aceptadas")
    print(f"pico de memoria residente  {got['pico_mb']:>8.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["bring"]:
        print(json.dumps(bring(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000)
