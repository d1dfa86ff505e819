"""What each column of the downloads means: the dictionary that goes with every CSV."""

from __future__ import annotations

import csv
import io

from dashboard.rows import COLUMNS

#: column -> (Spanish, English)
MEANINGS = {
    "indicador": ("Identificador del indicador; su ficha está en /indicador/<indicador>", "Id of the indicator; its sheet is at /indicador/<id>"),
    "territorio": ("Código del INEI con dos cifras; 00 es el Perú y PILOTO, los pilotos", "INEI code; 00 is Peru and PILOTO the three pilots"),
    "nombre_territorio": ("Nombre del territorio", "Name of the territory"),
    "nivel": ("pais, piloto, region, departamento u otro (98, el extranjero; 99, sin asignar)", "Country, pilots, region, department, or other"),
    "tipo_periodo": ("mes, trimestre, semestre o anio", "Month, quarter, half or year"),
    "periodo": ("Periodo medido, p. ej. 2026-T3: julio a setiembre de 2026", "Period measured, e.g. 2026-T3: July to September 2026"),
    "desglose": ("Por qué se divide el valor (p. ej. provincia); vacío si no se divide", "What the value is divided by; empty where it is whole"),
    "categoria": ("Categoría dentro del desglose; una provincia lleva su ubigeo", "Category within it; a province has its code"),
    "numerador": ("Lo que se cuenta arriba; la ficha lo define", "What is counted above the line; the sheet defines it"),
    "denominador": ("Entre qué se divide; la ficha lo define", "What it is divided by; the sheet defines it"),
    "valor": ("El valor publicado, en la unidad de la columna «unidad»", "The published value, in the unit of the column «unidad»"),
    "inferior": ("Límite inferior del intervalo de 95 %", "Lower limit of the 95 % interval"),
    "superior": ("Límite superior del intervalo de 95 %", "Upper limit of the 95 % interval"),
    "n": ("Casos sobre los que se calcula", "Cases it is computed from"),
    "estado": ("«publicado», o la razón por la que no hay valor", "«publicado», or the reason why there is no value"),
    "unidad": ("Unidad de medida", "Unit"),
    "avisos": ("Lo que hay que saber de la cifra, p. ej. dato sintético", "What must be known, e.g. synthetic or reference deadline"),
    "cobertura": ("Parte de las entregas esperadas que llegó, de 0 a 1", "Part of the expected deliveries that came, 0 to 1"),
    "datos_al": ("Fecha hasta la que llegan los datos", "Date that the data reach"),
    "periodo_comparado": ("Periodo anterior con el que se compara", "Earlier period it is compared with"),
    "cambio": ("Valor menos el del periodo comparado", "Value less that of the earlier period"),
    "cambio_inferior": ("Límite inferior del intervalo de 95 % del cambio", "Lower limit of the 95 % interval of the change"),
    "cambio_superior": ("Límite superior del intervalo de 95 % del cambio", "Upper limit of the 95 % interval of the change"),
    "cambio_relativo": ("Cambio en % del valor anterior", "Change as % of the earlier value"),
    "cambio_estado": ("mejora, empeora, sube, baja o sin_diferencia: lo que se puede afirmar", "What may be said of the change"),
    "fuente": ("Quién publicó los datos de origen", "Who published the original data"),
    "publicacion": ("Número de la publicación: con él, la cifra no cambia", "Number of the publication: with it the figure never changes"),
}  # fmt: skip


def rows(lang: str) -> list[dict[str, str]]:
    """Each column with its meaning, in the order of the downloads."""
    return [{"columna": column, "significado": MEANINGS[column][lang == "en"]} for column in COLUMNS]


def as_csv(lang: str) -> bytes:
    """«columna, significado» in the order of the downloads, with the mark that makes Excel read the accents."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("columna", "significado"))
    writer.writerows((row["columna"], row["significado"]) for row in rows(lang))
    return b"\xef\xbb\xbf" + out.getvalue().encode()
