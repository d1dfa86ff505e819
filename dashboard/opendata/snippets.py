"""Three ways to open the files, as a reader copies them. A test runs the Python one against the sample's files."""

from __future__ import annotations

from dashboard.language import t

_PYTHON = """import pandas as pd

valores = pd.read_csv(
    "{archivo}", low_memory=False,
    dtype={{"territorio": str, "periodo": str, "categoria": str}})
serie = valores[(valores["indicador"] == "{indicador}")
                & (valores["territorio"] == "{territorio}")
                & (valores["tipo_periodo"] == "{tipo}")
                & valores["desglose"].isna()].sort_values("periodo")
columnas = ["periodo", "valor", "inferior", "superior", "n", "estado"]
print(serie[columnas].tail(8))
"""
_R = """valores <- read.csv(
  "{archivo}", encoding = "UTF-8", na.strings = "",
  colClasses = c(territorio = "character", periodo = "character",
                 categoria = "character"))
serie <- subset(valores, indicador == "{indicador}" &
  territorio == "{territorio}" & tipo_periodo == "{tipo}" & is.na(desglose))
serie <- serie[order(serie$periodo), ]
tail(serie[, c("periodo", "valor", "inferior", "superior", "n", "estado")], 8)
"""


def python(file: str, indicator: str, territory: str, kind: str) -> str:
    """The last eight periods of an indicator in a territory. `file`: a name, or the address of the file."""
    return _PYTHON.format(archivo=file, indicador=indicator, territorio=territory, tipo=kind)


def r(file: str, indicator: str, territory: str, kind: str) -> str:
    """The same in R, with nothing to install."""
    return _R.format(archivo=file, indicador=indicator, territorio=territory, tipo=kind)


def excel(lang: str) -> list[str]:
    return [
        t("Descargue valores.xlsx y ábralo: los números ya son números, con cualquier configuración regional.", lang),
        t("Cada área está en su hoja. En la fila 1, use los filtros de «indicador», «territorio» y «desglose» (vacío: el valor sin dividir).", lang),
        t("Si prefiere un CSV, no lo abra con doble clic: Datos > De texto/CSV, origen «65001: Unicode (UTF-8)» y delimitador coma.", lang),
        t("Si su Excel escribe los decimales con coma, importe valores_es.csv con delimitador punto y coma.", lang),
    ]
