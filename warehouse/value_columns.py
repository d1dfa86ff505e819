"""The columns of a published value, and what of a row counts when two are compared."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

KEY = ["indicador", "territorio", "tipo_periodo", "periodo", "desglose", "categoria"]
FIGURES = [
    "numerador", "denominador", "valor", "inferior", "superior", "n", "estado", "avisos", "cobertura", "datos_al",
    "periodo_comparado", "cambio", "cambio_inferior", "cambio_superior", "cambio_relativo", "cambio_estado",
    "meta", "meta_estado", "avance_meta", "frente_al_pais", "senal", "variacion", "aseguramiento", "tendencia", "supresion", "frase",
]  # fmt: skip
VALUE_COLUMNS = [*KEY, "nivel", *FIGURES]
_TEXTS = (
    "estado", "avisos", "datos_al", "periodo_comparado", "cambio_estado", "meta_estado", "frente_al_pais", "senal", "variacion",
    "aseguramiento", "tendencia", "supresion", "frase",
)  # fmt: skip
FLOATS = [c for c in FIGURES if c not in (*_TEXTS, "n")]


def with_digest(values: pd.DataFrame) -> pd.DataFrame:
    """The values with `huella`: what of a row counts when two are compared, numbers to ten figures, absences as nothing."""
    frame = values.loc[:, VALUE_COLUMNS].copy()
    frame["avisos"] = [sorted(a) if isinstance(a, (list, tuple, set)) else [] for a in frame["avisos"]]
    numbers = [rounded(frame[c].to_numpy(dtype=float, na_value=np.nan), 10) for c in (*FLOATS, "n")]
    words = [_word_marks(frame[c]) for c in ("nivel", *_TEXTS)]
    rows = np.column_stack([*(column.view(np.uint64) for column in numbers), *words])
    frame["huella"] = [hashlib.md5(row.tobytes(), usedforsecurity=False).hexdigest() for row in rows]
    if frame.duplicated(KEY).any():
        raise ValueError(f"valores repetidos en el borrador: {frame.loc[frame.duplicated(KEY), KEY].head(3).to_dict('records')}")
    return frame


def rounded(column: np.ndarray, figures: int) -> np.ndarray:
    """Numbers to so many significant figures, without what differs between two machines that add up in another order. One NaN, one zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.power(10.0, figures - 1 - np.floor(np.log10(np.abs(column))))
        kept = np.where((column == 0) | ~np.isfinite(size), column, np.round(column * size) / size)
    return np.where(np.isnan(column), np.nan, kept + 0.0)


def _word_marks(column: pd.Series) -> np.ndarray:
    """A number of 64 bits for each text, the same in every run."""
    texts = column.map("+".join) if column.name == "avisos" else column
    places, known = pd.factorize(texts.astype(object).fillna(""))
    marks = [int.from_bytes(hashlib.md5(str(t).encode(), usedforsecurity=False).digest()[:8], "little") for t in known]
    return np.array(marks, dtype=np.uint64)[places] if len(marks) else np.zeros(0, dtype=np.uint64)
