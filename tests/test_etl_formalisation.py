"""Formalisation, accreditations and environmental certification of the synthetic country: they agree with their cases and with each other."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from checks_samples import batch

from checks.judge import judge
from etl.demonstration.country import Region, build
from etl.demonstration.deliveries import SEED

FIRST, UNTIL = date(2019, 1, 1), date(2026, 9, 30)
WANTED = frozenset({"productores", "formalizacion", "certificacion_ambiental"})
#: regions where the agreement with the holder, the land and the instrument are the rare thing
REGIONS = {"04": "derecho_minero", "13": "terreno_superficial", "18": "igafom_correctivo"}


def region(code: str, until: date = UNTIL) -> Region:
    return build(Region(code, SEED, FIRST, until), WANTED)


@pytest.fixture(scope="module")
def country() -> duckdb.DuckDBPyConnection:
    made = [region(code) for code in REGIONS]
    connection = duckdb.connect()
    for table in made[0].tables:
        connection.register(table, pa.concat_tables([r.tables[table] for r in made]))
    return connection


def one(country: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = country.execute(sql).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    "wrong",
    [
        # a right, a case or a registration that enters later than the row that names it
        "formalizacion f JOIN derechos_mineros d USING (codigo_derecho) WHERE d._periodo > f._periodo",
        "formalizacion_requisitos r JOIN tramites t USING (expediente_id) WHERE t._periodo > r._periodo",
        "formalizacion_requisitos r JOIN formalizacion f USING (inscripcion_id) WHERE f._periodo > r._periodo",
        "certificacion_ambiental c JOIN tramites t USING (expediente_id) WHERE t._periodo <> c._periodo",
        # formalised, authorised and with its instrument approved are the same
        """formalizacion f WHERE (estado_reinfo = 'formalizado') <> EXISTS (SELECT 1 FROM formalizacion_requisitos r JOIN tramites t USING (expediente_id)
        WHERE r.inscripcion_id = f.inscripcion_id AND r.requisito = 'autorizacion_inicio' AND r.estado = 'aprobado' AND t.sentido = 'aprobado'
        AND r.fecha_resolucion = f.fecha_formalizacion)""",
        # who is formalised is who filed the case
        """formalizacion f JOIN formalizacion_requisitos r USING (inscripcion_id) JOIN tramites t USING (expediente_id)
        WHERE t.solicitante_hash <> f.titular_hash OR t.fecha_ingreso < f.fecha_inscripcion""",
        # an accreditation for each approved case that asks for one, and at most one in force (C04-DUP-1)
        """tramites t WHERE cod_procedimiento = 'CONSTANCIA_PPM_PMA' AND sentido = 'aprobado' AND NOT EXISTS (SELECT 1 FROM productores p
        WHERE p.productor_hash = t.solicitante_hash AND p.fecha_emision = t.fecha_resolucion)""",
        "(SELECT productor_hash FROM productores WHERE estado = 'vigente' GROUP BY 1 HAVING count(*) > 1)",
        # the stratum of a case is that of the accreditation
        "tramites t JOIN productores p ON p.productor_hash = t.solicitante_hash WHERE t.estrato <> p.calificacion",
        # an instrument for each environmental or formalisation case, with its dates and sense
        """tramites t FULL JOIN certificacion_ambiental c USING (expediente_id)
        WHERE coalesce(t.cod_procedimiento IN ('DIA', 'MDIA', 'EIASD', 'IGAFOM'), FALSE) <> (c.iga_id IS NOT NULL)
        OR (c.iga_id IS NOT NULL AND (c.sentido IS DISTINCT FROM t.sentido OR c.fecha_presentacion <> t.fecha_ingreso))""",
    ],
)
def test_nothing_disagrees(country: duckdb.DuckDBPyConnection, wrong: str) -> None:
    assert one(country, f"SELECT count(*) FROM {wrong}") == 0


def test_what_stops_most_differs_from_region_to_region(country: duckdb.DuckDBPyConnection) -> None:
    found = country.execute(
        """WITH first AS (SELECT r.cod_region, r.inscripcion_id, arg_min(r.requisito, r.orden) AS requisito FROM formalizacion_requisitos r
        JOIN formalizacion f USING (inscripcion_id) WHERE r.estado NOT IN ('aprobado', 'no_aplica') AND f.estado_reinfo IN ('vigente', 'suspendido')
        GROUP BY ALL) SELECT cod_region, mode(requisito) FROM first GROUP BY 1"""
    ).fetchall()
    assert dict(found) == REGIONS


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        ("avg((estado_reinfo = 'excluido')::INTEGER) FILTER (WHERE fecha_inscripcion < DATE '2025-06-01') FROM formalizacion", 0.4, 0.7),
        ("avg((estado_reinfo = 'formalizado')::INTEGER) FROM formalizacion", 0.02, 0.25),
        ("avg((sexo = 'F')::INTEGER) FROM formalizacion", 0.1, 0.3),
        ("avg((fecha_formalizacion >= DATE '2025-05-18')::INTEGER) FROM formalizacion WHERE entidad_competente = 'MINEM' "
         "AND fecha_formalizacion IS NOT NULL", 1, 1),
        ("count(DISTINCT situacion_area) FROM formalizacion", 8, 8),
        ("avg(ubicacion_validada::INTEGER) FROM formalizacion WHERE estado_reinfo = 'vigente'", 0.2, 0.95),
        ("avg((b.constancia_id IS NOT NULL)::INTEGER) FROM productores a LEFT JOIN productores b ON b.productor_hash = a.productor_hash "
         "AND b.fecha_emision BETWEEN a.fecha_vencimiento AND a.fecha_vencimiento + 30 WHERE a.fecha_vencimiento BETWEEN DATE '2025-01-01' "
         "AND DATE '2026-08-01'", 0.4, 0.97),
        ("avg(participacion_concluida::INTEGER) FROM certificacion_ambiental WHERE sentido = 'aprobado' AND tipo_iga <> 'IGAFOM'", 0.7, 0.99),
    ],
)  # fmt: skip
def test_what_the_indicators_measure_is_there(country: duckdb.DuckDBPyConnection, share: str, low: float, high: float) -> None:
    assert low <= one(country, f"SELECT {share}") <= high


def test_the_same_seed_gives_the_same_rows_and_an_earlier_cut_no_purge() -> None:
    again, before = region("18"), region("18", date(2025, 6, 30))
    for table in ("productores", "formalizacion", "formalizacion_requisitos", "certificacion_ambiental"):
        assert again.tables[table].equals(region("18").tables[table])
    assert set(before.tables["formalizacion"]["estado_reinfo"].to_pylist()) == {"vigente", "suspendido", "cancelado", "formalizado"}


def areas(**cases: int) -> list[dict[str, Any]]:
    names = {"todos": "LL+PC+MQ", "ll": "LL", "pc": "PC", "mq": "MQ"}
    return [{"ambito": names[n], "anio_dac": 2006, "situacion": "libre", "casos": c, "fuente": "cuadro"} for n, c in cases.items()]


def test_the_three_regions_add_up_to_their_group() -> None:
    sent = {
        "bien": areas(todos=43, ll=20, pc=13, mq=10), "mal": areas(todos=43, ll=20, pc=13, mq=9), "falta": areas(todos=43, ll=20, pc=13),
    }  # fmt: skip
    verdicts = judge(batch("situacion_areas", sent))
    found = {name: [f for f in v.findings if f.regla_id == "C03-TOT-4"] for name, v in verdicts.items()}
    assert not found["bien"] and not found["falta"]
    [finding] = found["mal"]
    assert (finding.fila, finding.columna, finding.severidad) == (2, "casos", "advertencia")
    assert "43 casos en «libre»" in finding.mensaje and "suman 42" in finding.mensaje
