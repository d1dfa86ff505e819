"""MEF's monthly spending files (63 columns, several GB) as the budget of each regional government, cumulative to each month's end.

One pass over the stream sums what is wanted; nothing of the file is kept. Which pliego is which region, and what counts as
mining, is declared in the feed: nobody has verified it, so the pliegos are checked against the names that the file itself prints.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from pydantic import Field, field_validator

from etl.sources.departments import folded
from etl.sources.feed import Job
from etl.sources.incoming import Incoming, Made, convert
from etl.sources.mef_stream import Stream
from etl.sources.received import Received
from etl.sources.rows import as_csv
from warehouse import duck
from warehouse.declarations import Declaration
from warehouse.territories import regions

REGIONAL, DEPARTMENTS = "presupuesto", "presupuesto_departamento"
PHASES = ("pia", "pim", "certificado", "compromiso", "devengado", "girado")
_BY_REGION = ("cod_region", "anio", "mes", "programa", "rubro", "generica", "es_mineria", *PHASES)
_BY_DEPARTMENT = (
    "cod_departamento", "anio", "pia_soles", "pim_soles", "certificado_soles", "comprometido_soles", "devengado_soles", "girado_soles",
    "base_devengado", "anio_parcial",
)  # fmt: skip
_CODES = ("NIVEL_GOBIERNO", "PLIEGO", "PLIEGO_NOMBRE", "PROGRAMA_PPTO", "DEPARTAMENTO_META", "RUBRO", "TIPO_TRANSACCION", "GENERICA")
_WHEN = ("ANO_EJE", "MES_EJE")
#: what a regional line of the budget is summed by
_LINE = ("anio", "mes", "cod_region", "programa", "rubro", "generica", "es_mineria")


class Pliego(Declaration):
    """A regional government's budget entity. `nombre`: words its printed name must contain."""

    region: str
    nombre: str = Field(min_length=3)

    @field_validator("region")
    @classmethod
    def _known(cls, code: str) -> str:
        if code not in {r.codigo for r in regions()}:
            raise ValueError(f"«{code}» no es un gobierno regional")
        return code


class Sign(Declaration):
    """A sign that a row is of mining: `columna` says one of `valores` (compared without case or accents)."""

    columna: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    valores: tuple[str, ...] = Field(min_length=1)


class Options(Declaration):
    """`tablas`: what is made of the file. `solo_mineria`: only rows with a sign of mining. `montos`: phase -> column of the file."""

    tablas: tuple[str, ...] = (REGIONAL,)
    nivel: str = "R"
    pliegos: dict[str, Pliego] = Field(min_length=1)
    mineria: tuple[Sign, ...] = Field(min_length=1)
    solo_mineria: bool = True
    programas: tuple[str, ...] = ("0126", "9001", "9002")
    montos: dict[str, str]

    @field_validator("tablas")
    @classmethod
    def _tables(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names or not set(names) <= {REGIONAL, DEPARTMENTS}:
            raise ValueError(f"solo puede ser {REGIONAL} o {DEPARTMENTS}")
        return names

    @field_validator("montos")
    @classmethod
    def _phases(cls, columns: dict[str, str]) -> dict[str, str]:
        if set(columns) != set(PHASES):
            raise ValueError(f"debe decir la columna de {', '.join(PHASES)}")
        return columns


def collect(job: Job[Options]) -> Iterator[Received]:
    """The budget of the feed's file, one delivery a table. Raises SourceError; TooLarge past SIEGEM_MAX_MB_FLUJO."""
    limit = job.warehouse.settings.max_mb_flujo * 1_000_000
    with job.client(REGIONAL) as client:
        made = convert(job, client, job.feed.url or job.feed.archivo, job.options.tablas, lambda raw: aggregate(job, raw), max_bytes=limit)
    for table, path in made.paths.items():
        yield job.received(table, path, origin=made.origin, notes=made.notes)


def aggregate(job: Job[Options], raw: Incoming) -> tuple[Made, tuple[str, ...]]:
    """The tables of the feed and what was left out, in one pass over the bytes. Raises SourceError."""
    options = job.options
    signs = tuple(dict.fromkeys(s.columna for s in options.mineria))
    texts = tuple(dict.fromkeys((*_CODES, *signs)))
    amounts = tuple(dict.fromkeys(options.montos.values()))
    stream = Stream(job, raw, texts, _WHEN, amounts)
    settings = job.warehouse.settings
    with duck.engine(memory=settings.memoria_motor, threads=settings.hilos_motor) as engine:
        engine.register("pliegos", pa.table({"pliego": list(options.pliegos), "region": [p.region for p in options.pliegos.values()]}))
        engine.execute(_EMPTY_CUBE)
        try:
            for slice_ in stream.slices():
                engine.register("gasto", slice_)
                engine.execute(f"INSERT INTO cubo {_sums(options)}")
                engine.execute(_MERGED_CUBE)
        except duck.Error as error:
            if stream.failure is not None:
                raise stream.failure from error
            what = f"{raw.name}: no se pudo sumar ({str(error).splitlines()[0][:120]})"
            raise job.problem(what, "Descargue el archivo otra vez; si se repite, avise de este texto.") from error
        if not stream.rows:
            raise job.problem(f"{raw.name}: no trae filas", "Descargue el archivo otra vez.")
        last = _last_month(job, raw, engine)
        notes = _check_pliegos(job, raw, engine)
        makers = {REGIONAL: lambda: _regional(engine, options, last), DEPARTMENTS: lambda: _departments(engine, last)}
        made = {table: list(as_csv(*makers[table]())) for table in options.tablas}
    return made, (f"Se sumaron {stream.rows:,} filas de {raw.name}, hasta el mes {last}.", *notes)


_KEYS = ("corte", *_LINE, "departamento", "pliego", "pliego_nombre")
_EMPTY_CUBE = f"""
    CREATE TEMP TABLE cubo (corte VARCHAR, anio BIGINT, mes BIGINT, cod_region VARCHAR, programa VARCHAR, rubro VARCHAR, generica VARCHAR,
        es_mineria BOOLEAN, departamento VARCHAR, pliego VARCHAR, pliego_nombre VARCHAR, {", ".join(f"{p} DECIMAL(38, 2)" for p in PHASES)})
"""
_MERGED_CUBE = (
    f"CREATE OR REPLACE TEMP TABLE cubo AS SELECT {', '.join(_KEYS)}, {', '.join(f'sum({p}) AS {p}' for p in PHASES)} FROM cubo GROUP BY ALL"
)


def _sums(options: Options) -> str:
    """The sums of what stands in `gasto`: by department, by line of a regional government, and by pliego with its printed name."""

    def is_one_of(sign: Sign) -> str:
        listed = ", ".join(_quoted(v) for v in sign.valores)
        return f"strip_accents(upper(trim({sign.columna}))) IN (SELECT strip_accents(upper(v)) FROM unnest([{listed}]) u(v))"

    mining = " OR ".join(f"coalesce({is_one_of(s)}, false)" for s in options.mineria)
    # exact sums: a sum of floats depends on the order rows come in, and the same file must give the same bytes
    amounts = ", ".join(f"coalesce(CAST({c} AS DECIMAL(18, 2)), 0) AS {phase}" for phase, c in options.montos.items())
    programmes = ", ".join(_quoted(p) for p in options.programas)
    only_regional = ", ".join(f"CASE WHEN es_gr THEN f.{c} END AS {c}" for c in _LINE[3:])
    return f"""
        WITH filas AS (
            SELECT ANO_EJE AS anio, MES_EJE AS mes, lpad(trim(DEPARTAMENTO_META), 2, '0') AS departamento,
                upper(trim(NIVEL_GOBIERNO)) = {_quoted(options.nivel)} AS es_gr, trim(PLIEGO) AS pliego, trim(PLIEGO_NOMBRE) AS pliego_nombre,
                CASE WHEN lpad(trim(PROGRAMA_PPTO), 4, '0') IN ({programmes}) THEN lpad(trim(PROGRAMA_PPTO), 4, '0') ELSE 'otros' END AS programa,
                lpad(trim(RUBRO), 2, '0') AS rubro, trim(TIPO_TRANSACCION) || '.' || trim(GENERICA) AS generica, ({mining}) AS es_mineria, {amounts}
            FROM gasto
        ), propias AS (
            SELECT f.anio, f.mes, f.departamento, CASE WHEN es_gr THEN p.region END AS cod_region, {only_regional},
                CASE WHEN es_gr THEN f.pliego END AS pliego, CASE WHEN es_gr THEN f.pliego_nombre END AS pliego_nombre, {", ".join(PHASES)}
            FROM filas f LEFT JOIN pliegos p ON f.pliego = p.pliego
        )
        SELECT CASE WHEN grouping(departamento) = 0 THEN 'departamento' WHEN grouping(pliego) = 0 THEN 'pliego' ELSE 'linea' END AS corte,
            {", ".join(_LINE)}, departamento, pliego, pliego_nombre, {", ".join(f"sum({p}) AS {p}" for p in PHASES)}
        FROM propias GROUP BY GROUPING SETS ((anio, mes, departamento), ({", ".join(_LINE)}), (pliego, pliego_nombre))
    """


def _last_month(job: Job, raw: Incoming, engine: duck.Connection) -> int:
    years, first, last, blank = engine.execute(
        "SELECT list_sort(list(DISTINCT anio)), min(mes), max(mes), count(*) FILTER (anio IS NULL OR mes IS NULL) "
        "FROM cubo WHERE corte = 'departamento'"
    ).fetchall()[0]
    if blank or first < 0 or last > 12 or last < 1:
        raise job.problem(f"{raw.name}: hay filas cuyo mes no está entre 0 y 12, o sin año o mes", "Compruebe que sea el CSV mensual de gasto.")
    wanted = job.feed.periodo
    if wanted.isdigit() and years != [int(wanted)]:
        said = ", ".join(map(str, years[:5]))
        raise job.problem(f"{raw.name}: trae el año {said} y la fuente declara {wanted}", "Corrija la dirección o el año de la fuente.")
    return int(last)


def _check_pliegos(job: Job[Options], raw: Incoming, engine: duck.Connection) -> list[str]:
    """Sentences about regional pliegos that no region takes. Raises SourceError where a declared one prints another name."""
    found = engine.execute(
        "SELECT pliego, pliego_nombre, sum(pim) FROM cubo WHERE corte = 'pliego' AND pliego IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if not found:
        raise job.problem(f"{raw.name}: no hay ninguna fila de nivel «{job.options.nivel}»", "Corrija «nivel» en la fuente.")
    notes = []
    for code, name, pim in found:
        declared = job.options.pliegos.get(code)
        if declared is None:
            notes.append(f"El pliego {code} «{(name or '')[:80]}» (PIM S/ {pim:,.0f}) no es de ninguna región declarada: no se cuenta.")
        elif folded(declared.nombre) not in folded(name):
            what = f"{raw.name}: el pliego {code} se llama «{(name or '')[:80]}» y la fuente lo tiene por {declared.nombre}"
            raise job.problem(what, "Corrija «pliegos» en la declaración de la fuente; no se aceptó nada.")
    return notes


def _regional(engine: duck.Connection, options: Options, last: int) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """What each month added, summed up to each month's end; a line without movement keeps its figures. Month 0 is the opening."""
    keys = "cod_region, anio, programa, rubro, generica, es_mineria"
    rows = engine.execute(f"""
        WITH meses AS (
            SELECT {keys}, mes, {", ".join(f"sum({p}) AS {p}" for p in PHASES)}
            FROM cubo WHERE corte = 'linea' AND cod_region IS NOT NULL AND (es_mineria OR NOT {options.solo_mineria}) GROUP BY {keys}, mes
        ), lineas AS (SELECT {keys}, unnest(range(greatest(min(mes), 1), {last + 1})) AS hasta FROM meses GROUP BY {keys})
        SELECT l.cod_region, l.anio, l.hasta, l.programa, l.rubro, l.generica, l.es_mineria, {", ".join(f"CAST(sum({p}) AS VARCHAR)" for p in PHASES)}
        FROM lineas l JOIN meses m USING ({keys}) WHERE m.mes <= l.hasta GROUP BY ALL ORDER BY ALL
    """).fetchall()
    return _BY_REGION, rows


def _departments(engine: duck.Connection, last: int) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    rows = engine.execute(f"""
        SELECT departamento, anio, {", ".join(f"CAST(sum({p}) AS VARCHAR)" for p in PHASES)}, 'informado', {last < 12}
        FROM cubo WHERE corte = 'departamento' GROUP BY departamento, anio ORDER BY ALL
    """).fetchall()
    return _BY_DEPARTMENT, rows


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
