"""What of a publication the public may see: whole rows, and no comparison that would tell a row it may not see."""

from __future__ import annotations

import re

import pandas as pd

from warehouse.publications import KEY, VALUE_COLUMNS
from warehouse.states import ABSENT, DETAIL, PUBLISHED, SHOWN, WITHHELD

#: what a public row says of the earlier period
COMPARED = ["periodo_comparado", "cambio", "cambio_inferior", "cambio_superior", "cambio_relativo", "cambio_estado"]
#: kept of a row that is not shown
_PLACE = [*KEY, "nivel"]
#: the sentence of a comparison (`kpis/sentences.py`), which goes where its earlier value is not shown
_COMPARISON = re.compile(r"(?<=\. )[^.]*(?:concluyente|relevante) frente [^.]*\.\s*")


def public_values(values: pd.DataFrame) -> pd.DataFrame:
    """The rows of indicators for the public, columns VALUE_COLUMNS.

    A row that may not be shown keeps its place with the state `no_publicable` and nothing else: small cells and those that cover them look alike.
    Breakdowns by region that are not for the public have no row. Absences keep their state, without n. A comparison with a period that is not
    shown is left out, in the sentence too, since the present value and the change would tell it. Frames from `warehouse.publications.values`.
    """
    given = values[values["supresion"].notna() & (values["supresion"] != DETAIL)].copy()
    hidden = ~given["supresion"].isin([SHOWN, ABSENT])
    absent = ~hidden & (given["estado"] != PUBLISHED)
    figures = [c for c in VALUE_COLUMNS if c not in (*_PLACE, "estado", "avisos", "supresion")]
    for column in figures:
        given[column] = given[column].astype(object).where(~(hidden | absent), None)
    given.loc[hidden, "estado"] = WITHHELD
    given.loc[hidden, "supresion"] = ""
    shown = given.loc[~hidden & ~absent, KEY]
    earlier = pd.MultiIndex.from_frame(given.assign(periodo=given["periodo_comparado"])[KEY].astype(object))
    known = earlier.isin(pd.MultiIndex.from_frame(shown.astype(object)))
    told = ~known & given["periodo_comparado"].notna().to_numpy()
    for column in COMPARED:
        given[column] = given[column].where(known, None)
    if told.any():
        given.loc[told, "frase"] = given.loc[told, "frase"].map(lambda f: _COMPARISON.sub("", f).strip() if isinstance(f, str) else f)
    return given[VALUE_COLUMNS].reset_index(drop=True)
