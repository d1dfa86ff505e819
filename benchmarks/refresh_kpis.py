"""What the refresh benchmark computes, told once for all contestants: 30 ratios (and 30 more), 5 medians, and the checks.

A ratio is a sum or a count of rows over another. Conditions are few and plain, so that SQL and pandas mean the same by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.refresh_data import CHANNELS, OPEN, OUTCOMES, PERSONS, PROCEDURES, REGIONS, STATES, STRATA

#: column, one of = > <= in, and a value; for <= also another column as «.name»
Condition = tuple[str, str, Any]
KEY = ("indicador", "territorio", "tipo_periodo", "periodo")
MEDIANS = ("dh_ciudadano", "dh_entidad", "dh_admision", "dh_evaluacion", "dh_notificacion")
#: kind of period -> DuckDB format of its code from the column `mes` (first day)
PERIODS = {"mes": "strftime(mes, '%Y-%m')", "trimestre": "year(mes) || '-T' || quarter(mes)", "anio": "CAST(year(mes) AS VARCHAR)"}


@dataclass(frozen=True)
class Total:
    """A count of the rows that meet every condition, or the sum of a column over them."""

    where: tuple[Condition, ...] = ()
    column: str = ""

    @property
    def sql(self) -> str:
        """As DuckDB counts or adds it."""
        made = f"sum({self.column})" if self.column else "count(*)"
        return made + (f" FILTER (WHERE {' AND '.join(map(_sql, self.where))})" if self.where else "")


@dataclass(frozen=True)
class Ratio:
    id: str
    numerator: Total
    denominator: Total


def _sql(condition: Condition) -> str:
    column, sign, value = condition
    if sign == "in":
        return f"{column} IN ({_listed(value)})"
    if isinstance(value, str) and value.startswith("."):
        return f"{column} {sign} {value[1:]}"
    return column if value is True else f"{column} {sign} {_literal(value)}"


def _literal(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(_literal, values))


_ALL = Total()
_OVER, _SOLVED, _OPEN = ("estado", "in", STATES[3:]), ("estado", "=", "resuelto"), ("estado", "in", OPEN)
_IN_TIME, _VIRTUAL = ("dh_entidad", "<=", ".plazo_dias"), ("canal", "=", "virtual")
_ENVIRONMENT = ("cod_procedimiento", "in", ("DIA", "MDIA", "EIASD"))


def _share(id: str, numerator: tuple[Condition, ...], denominator: tuple[Condition, ...] = ()) -> Ratio:
    return Ratio(id, Total((*denominator, *numerator)), Total(denominator))


def ratios(more: bool = False) -> tuple[Ratio, ...]:
    """The thirty ratios; with `more`, thirty others after them."""
    return (*_first(), *_others()) if more else _first()


def _first() -> tuple[Ratio, ...]:
    made = [
        _share("pct_resueltos", (_SOLVED,)), _share("pct_en_plazo", (_IN_TIME,), (_SOLVED,)), _share("pct_abiertos_en_plazo", (_IN_TIME,), (_OPEN,)),
        _share("pct_observados", (("n_observaciones", ">", 0),)), _share("pct_reobservados", (("n_observaciones", ">", 1),)),
        Ratio("observaciones_por_expediente", Total((), "n_observaciones"), _ALL), Ratio("derecho_medio", Total((), "derecho_soles"), _ALL),
        _share("pct_virtual", (_VIRTUAL,)), _share("pct_mujeres", (("sexo_solicitante", "=", "F"),), (("sexo_solicitante", "in", ("M", "F")),)),
        _share("pct_impugnados", (("impugnado", "=", True),), (_OVER,)), _share("pct_ambientales", (_ENVIRONMENT,)),
        _share("pct_en_opinion", (("estado", "=", "en_opinion"),)), _share("pct_virtual_resueltos", (_SOLVED,), (_VIRTUAL,)),
        _share("pct_admitidos_5", (("dh_admision", "<=", 5),)), _share("pct_notificados_5", (("dh_notificacion", "<=", 5),), (_OVER,)),
        _share("pct_ciudadano_90", (("dh_ciudadano", ">", 90),)), _share("pct_ciudadano_180", (("dh_ciudadano", ">", 180),)),
    ]  # fmt: skip
    made += [_share(f"pct_{o}", (("sentido", "=", o),), (_OVER,)) for o in OUTCOMES[:4]]
    made += [_share(f"pct_estrato_{s.lower()}", (("estrato", "=", s),)) for s in STRATA[:4]]
    made += [_share(f"pct_persona_{p}", (("tipo_persona", "=", p),)) for p in PERSONS[:2]]
    made += [_share(f"pct_en_plazo_{s.lower()}", (_IN_TIME,), (_SOLVED, ("estrato", "=", s))) for s in STRATA[:3]]
    return tuple(made)


def _others() -> tuple[Ratio, ...]:
    made = [_share(f"pct_procedimiento_{p.lower()}", (("cod_procedimiento", "=", p),)) for p in PROCEDURES]
    made += [_share(f"pct_en_plazo_{c}", (_IN_TIME,), (_SOLVED, ("canal", "=", c))) for c in CHANNELS]
    made += [_share(f"pct_observados_{s.lower()}", (("n_observaciones", ">", 0),), (("estrato", "=", s),)) for s in STRATA]
    made += [_share(f"pct_entidad_{days}", (("dh_entidad", "<=", days),), (_OVER,)) for days in (15, 30, 45, 60, 120, 240)]
    made += [_share(f"pct_aprobados_{p}", (("sentido", "=", "aprobado"),), (_OVER, ("tipo_persona", "=", p))) for p in PERSONS]
    made += [_share(f"pct_derecho_{soles}", (("derecho_soles", ">", soles),)) for soles in (500, 1_000)]
    return tuple(made)


#: name -> SQL that is true where a row breaks it: twelve. The key's uniqueness is asked apart
CHECKS: dict[str, str] = {
    "expediente_vacio": "expediente_id IS NULL",
    "region_desconocida": f"cod_region NOT IN ({_listed(REGIONS)})",
    "procedimiento_desconocido": f"cod_procedimiento NOT IN ({_listed(PROCEDURES)})",
    "estado_no_permitido": f"estado NOT IN ({_listed(STATES)})",
    "estrato_no_permitido": f"estrato NOT IN ({_listed(STRATA)})",
    "canal_no_permitido": f"canal NOT IN ({_listed(CHANNELS)})",
    "huella_sin_forma": "NOT regexp_matches(solicitante_hash, '^[0-9a-f]{64}$')",
    "ingreso_vacio": "fecha_ingreso IS NULL",
    "resuelto_antes_de_ingresar": "fecha_resolucion < fecha_ingreso",
    "plazo_fuera_de_rango": "plazo_dias NOT BETWEEN 1 AND 365",
    "observaciones_negativas": "n_observaciones < 0",
    "dias_fuera_de_rango": "dh_entidad < 0 OR dh_entidad > dh_ciudadano",
}
