"""The worked example of a definition put through the real engine, and which of its numbers comes out different."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from kpis.compile import Plan
from kpis.engine import compute_rows
from kpis.facts import Fact
from warehouse import duck
from warehouse.errors import SiegemError, suggest
from warehouse.indicators import Example
from warehouse.states import PUBLISHED, STATES

#: of a number that agrees
TOLERANCE = 1e-6


def rows_of_fact(fact: Fact, rows: tuple[dict[str, Any], ...]) -> pa.Table:
    """Rows as the fact would give them; columns not said are empty. Raises ValueError (Arrow's own) for a value of another type."""
    with duck.engine(threads=1) as connection:
        empty = ", ".join(f'CAST(NULL AS {type_}) AS "{name}"' for name, type_ in fact.columns.items())
        schema = connection.sql(f"SELECT {empty} LIMIT 0").to_arrow_table().schema
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def differences(plan: Plan) -> list[str]:
    """What of the example of the plan's only indicator does not come out, one Spanish sentence each; empty where all of it does."""
    (compiled,) = plan.indicators
    example = compiled.indicator.example
    strange = [f"«example.rows»: el hecho no tiene la columna «{c}».{suggest(c, plan.fact.columns)}" for c in _strange(example, plan.fact)]
    if strange or not example.rows:
        return strange or ["«example.rows»: el ejemplo no tiene filas: escriba las que hagan falta para llegar a la cifra."]
    try:
        values = compute_rows(plan, rows_of_fact(plan.fact, example.rows))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        return [f"«example.rows»: una fila tiene un valor de otro tipo que el del hecho ({error})."]
    except (duck.Error, SiegemError, ValueError) as error:
        return [f"«example.rows»: el motor no puede calcular con estas filas ({str(error).splitlines()[0]})."]
    return list(_compared(example, values))


def _strange(example: Example, fact: Fact) -> list[str]:
    return list(dict.fromkeys(c for row in example.rows for c in row if c not in fact.columns))


def _compared(example: Example, values: pd.DataFrame) -> Iterator[str]:
    hit = values["territorio"].eq(example.territory) & values["periodo"].eq(example.period) & values["categoria"].eq(example.category)
    if not hit.any():
        yield _not_there(example, values)
        return
    found = values[hit].iloc[0]
    if found["estado"] != PUBLISHED:
        if example.value is not None:
            yield f"«example.value»: dice {_plain(example.value)} y el motor no publica la cifra: «{STATES[found['estado']][0]}»."
        return
    names = {"value": "valor", "numerator": "numerador", "denominator": "denominador", "n": "n"}
    for key, column in names.items():
        said, came = getattr(example, key), found[column]
        if (said is not None or key == "value") and not _same(said, came):
            yield f"«example.{key}»: dice {_plain(said)} y el motor da {_plain(came)}."


def _not_there(example: Example, values: pd.DataFrame) -> str:
    """The place and period of the example, and those that do have a figure: of the same territory first."""
    shown = values[values["estado"].eq(PUBLISHED) & values["categoria"].eq(example.category)]
    own = shown[shown["territorio"].eq(example.territory)]
    near = (own if len(own) else shown)[["territorio", "periodo", "categoria"]].drop_duplicates()
    given = [", ".join(filter(None, row)) for row in near.head(4).itertuples(index=False)]
    asked = ", ".join(filter(None, (example.territory, example.period, example.category)))
    return f"«example.period»: el motor no da ninguna cifra de {asked}; da las de {' · '.join(given) or 'ningún lugar'}."


def _same(said: float | None, came: float) -> bool:
    if said is None or pd.isna(came):
        return said is None and bool(pd.isna(came))
    return math.isclose(said, came, rel_tol=TOLERANCE, abs_tol=1e-9)


def _plain(number: float | None) -> str:
    return "nada" if number is None or pd.isna(number) else f"{number:.10g}"
