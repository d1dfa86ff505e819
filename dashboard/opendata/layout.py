"""The files of a publication's folder: what each holds, in which format, and for whom it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.opendata.columns import HISTORY, KEY, VALUES, Column
from dashboard.opendata.columns_about import CHANGES, DELIVERIES, DICTIONARY, INDEX, INDICATORS, PLACES, REVISIONS, SOURCES


@dataclass(frozen=True)
class File:
    """One file. `refers`: own column -> (resource, its column). `es` and `en` say what it is for."""

    name: str
    path: str
    es: str
    en: str
    columns: list[Column] = field(default_factory=list)
    key: tuple[str, ...] = ()
    refers: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: semicolon and decimal comma
    spanish: bool = False
    same_as: str = ""

    @property
    def format(self) -> str:
        return "csv.gz" if self.path.endswith(".csv.gz") else self.path.rsplit(".", 1)[-1] if "." in self.path else "txt"


_OF_VALUES = {"indicador": ("indicadores", "indicador"), "territorio": ("territorios", "codigo")}
_ANY_INDICATOR = {"territorio": ("territorios", "codigo")}

FILES = (
    File(
        "valores_xlsx",
        "valores.xlsx",
        "Para Excel, con cualquier configuración regional: números como números, una hoja por área, con diccionario y fichas",
        "For Excel, whatever its locale: numbers as numbers, a sheet for each area, dictionary and sheets inside",
        VALUES,
        same_as="valores",
    ),
    File(
        "valores",
        "valores.csv",
        "Todos los valores, para R, Python o una base de datos: coma, punto decimal, UTF-8",
        "All values, for R, Python or a database: comma, decimal point, UTF-8",
        VALUES,
        KEY,
        _OF_VALUES,
    ),
    File(
        "valores_es",
        "valores_es.csv",
        "Lo mismo para hojas de cálculo con coma decimal: punto y coma, coma decimal, UTF-8 con marca",
        "The same for spreadsheets with decimal comma: semicolon, decimal comma, UTF-8 with mark",
        VALUES,
        KEY,
        _OF_VALUES,
        spanish=True,
    ),
    File(
        "valores_parquet",
        "valores.parquet",
        "Lo mismo en un archivo pequeño y con tipos, para R, Python, DuckDB o Spark",
        "The same in a small file with types, for R, Python, DuckDB or Spark",
        VALUES,
        same_as="valores",
    ),
    File(
        "indicadores",
        "indicadores.csv",
        "La ficha de cada indicador: pregunta, numerador, denominador, unidad, metas, cómo leerlo, fuentes; en español e inglés",
        "The sheet of each indicator: question, numerator, denominator, unit, targets, how to read it, sources; Spanish and English",
        INDICATORS,
        ("indicador",),
    ),
    File("territorios", "territorios.csv", "Los códigos de territorio y sus nombres", "Codes of territories and their names", PLACES, ("codigo",)),
    File(
        "fuentes",
        "fuentes.csv",
        "Las tablas de origen: quién las publica, con qué licencia, hasta qué fecha",
        "The original tables: who publishes them, under which licence, until when",
        SOURCES,
        ("tabla",),
    ),
    File(
        "indice",
        "indice.csv",
        "El Índice de Desempeño Regional por región, periodo y dimensión, con su banda; no es un ranking",
        "The index of regional performance by region, period and dimension, with its band; no ranking",
        INDEX,
        ("indice", "territorio", "periodo", "dimension"),
        {"territorio": ("territorios", "codigo")},
    ),
    File(
        "entregas",
        "entregas.csv",
        "Quién entregó qué y cuándo, y cómo quedó; lo que no está aquí no se entregó",
        "Who delivered what and when, and how it went; what is not here was not delivered",
        DELIVERIES,
        ("tabla", "cod_region", "periodo", "version"),
        {"cod_region": ("territorios", "codigo")},
    ),
    File(
        "revisiones",
        "revisiones.csv",
        "Cada cifra publicada que cambió: antes, ahora y por qué, de todas las publicaciones",
        "Each published figure that changed: before, now and why, of all publications",
        REVISIONS,
        ("publicacion", *KEY),
        _ANY_INDICATOR,
    ),
    File(
        "diccionario",
        "diccionario.csv",
        "Qué significa cada columna y cada código de todos los archivos, en español e inglés",
        "What each column and each code of all files means, Spanish and English",
        DICTIONARY,
        ("archivo", "columna", "codigo"),
    ),
    File(
        "acumulado_parquet",
        "acumulado/valores.parquet",
        "Todas las publicaciones en una tabla: desde cuál y hasta cuál vale cada fila",
        "All publications in one table: from which and until which each row holds",
        HISTORY,
        same_as="acumulado",
    ),
    File(
        "acumulado",
        "acumulado/valores.csv.gz",
        "Lo mismo en CSV comprimido",
        "The same as compressed CSV",
        HISTORY,
        (*KEY, "desde_publicacion"),
        _ANY_INDICATOR,
    ),
    File(
        "cambios",
        "acumulado/cambios.csv",
        "Qué cambió en cada publicación, contado por indicador",
        "What changed in each publication, counted by indicator",
        CHANGES,
        ("publicacion", "indicador", "tipo"),
    ),
    File(
        "paquete",
        "datapackage.json",
        "Descripción del conjunto para programas (Frictionless Data Package)",
        "The set described for programs (Frictionless Data Package)",
    ),
    File("catalogo", "catalogo.jsonld", "Ficha para portales de datos (DCAT-AP, JSON-LD)", "Record for data portals (DCAT-AP, JSON-LD)"),
    File("leame", "LEAME.md", "Por dónde empezar; en español e inglés", "Where to begin; Spanish and English"),
    File("cambios_texto", "CAMBIOS.md", "Qué cambió en cada publicación, para leer", "What changed in each publication, to read"),
    File("licencia", "LICENCIA.txt", "Lo que se puede hacer con los datos", "What may be done with the data"),
    File("cita", "cita.txt", "Cómo citar esta versión", "How to cite this version"),
    File("cita_cff", "CITATION.cff", "La cita para gestores de referencias", "The citation for reference managers"),
    File(
        "sumas", "SHA256SUMS", "Huellas para comprobar la descarga: sha256sum -c SHA256SUMS", "Digests to check the download: sha256sum -c SHA256SUMS"
    ),
)
#: the tables that the dictionary explains; what repeats another is explained there
DESCRIBED = {f.path: f.columns for f in FILES if f.columns and not f.same_as and not f.spanish}


def file(path: str) -> File:
    return next(f for f in FILES if f.path == path)
