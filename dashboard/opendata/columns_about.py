"""The columns of the files that go with the values: indicators, places, sources, index, deliveries, revisions, changes, dictionary."""

from __future__ import annotations

from dashboard.index_rows import COLUMNS as INDEX_COLUMNS
from dashboard.opendata.columns import _ID, _KINDS, _LEVELS, KEY, VALUES, Column, of
from warehouse.states import STATES


def _both(name: str, es: str, en: str, *, required: bool = False) -> list[Column]:
    """A text in both languages: two columns."""
    return [
        Column(f"{name}_es", f"{es}, en español", f"{en}, in Spanish", required=required),
        Column(f"{name}_en", f"{es}, en inglés", f"{en}, in English"),
    ]


_WAYS = {
    "up": ("Más es mejor", "More is better"),
    "down": ("Menos es mejor", "Less is better"),
    "context": ("Ni más ni menos es mejor", "Neither is better"),
}
_DELIVERED = {
    "aceptada": ("Aceptada", "Accepted"),
    "aceptada_con_advertencias": ("Aceptada, con filas en cuarentena o advertencias", "Accepted, with rows in quarantine or warnings"),
    "rechazada": ("Rechazada: ninguna fila entró", "Rejected: no row entered"),
}

INDICATORS = [
    of("indicador", required=True, pattern=_ID),
    Column("area", "Código del área temática", "Code of the area", required=True),
    *_both("nombre_area", "Área", "Area"),
    *_both("nombre", "Nombre", "Name", required=True),
    *_both("pregunta", "Pregunta que responde", "Question it answers"),
    *_both("por_que_importa", "Por qué importa", "Why it matters"),
    *_both("numerador", "Qué se cuenta arriba, o qué se mide", "What is counted above the line, or measured"),
    *_both("denominador", "Entre qué se divide", "What it is divided by"),
    *_both("grupo_de_referencia", "Grupo con el que se compara, en las razones entre grupos", "Group it is compared with, in ratios between groups"),
    *_both("unidad", "Unidad", "Unit", required=True),
    Column("escala", "Por cuánto se multiplica el cociente: 100 en un porcentaje", "What the quotient is multiplied by", "number"),
    Column("decimales", "Decimales con que se muestra", "Decimals it is shown with", "integer", least=0),
    Column("sentido", "Qué es mejor", "What is better", codes=_WAYS, required=True),
    Column("periodo_principal", "Tipo de periodo que muestran los cuadros", "Period kind that matrices show", codes=_KINDS, required=True),
    Column("tipos_periodo", "Tipos de periodo en que se publica", "Period kinds it is published for"),
    Column("desgloses", "Desgloses publicados", "Breakdowns"),
    Column("n_minimo", "Con menos casos que estos el valor no se publica", "Below so many cases the value is not published", "integer", least=1),
    Column(
        "metodo_intervalo",
        "Método del intervalo de 95 %: wilson, rate, count, count_ratio, clustered, log_ratio, order_statistic, survival o none",
        "Method of the 95 % interval",
    ),
    *_both("nota_intervalo", "Nota sobre el intervalo", "Note on the interval"),
    Column("cambio_relevante", "Sin intervalo: el menor cambio que se cuenta", "Without interval: the smallest change that is told", "number"),
    *_both("metas", "Metas con su condición: legal, acordada o propuesta", "Targets with their status: legal, agreed or proposed"),
    *_both("lectura", "Cómo leerlo", "How to read it"),
    *_both("fuentes", "Quién publicó los datos de origen", "Who published the original data"),
    Column("tablas", "Tablas que hay detrás, de fuentes.csv, separadas por «; »", "Tables behind it, of fuentes.csv, joined by «; »"),
    Column("responsable", "Oficina responsable", "Office in charge"),
    Column("sintetico", "Si alguna tabla detrás es de demostración", "Whether any table behind it is demonstration data", "boolean", required=True),
]
PLACES = [
    Column(
        "codigo",
        "Código: dos cifras del INEI; 00 Perú, PILOTO, L15 el departamento de Lima, 26 Lima Metropolitana",
        "Code: two INEI digits; 00 Peru, PILOTO, L15 the department of Lima, 26 Lima Metropolitana",
        required=True,
    ),
    Column("nombre", "Nombre", "Name", required=True),
    Column("nivel", "Nivel", "Level", codes=_LEVELS, required=True),
    Column("autoridad", "Autoridad minera regional", "Regional mining authority"),
    Column("sigla", "Su sigla", "Its acronym"),
    Column("piloto", "Si es región piloto", "Whether it is a pilot region", "boolean", required=True),
]
SOURCES = [
    Column("tabla", "Tabla de datos de origen", "Table of original data", required=True),
    *_both("nombre", "Nombre de la tabla", "Name of the table"),
    *_both("publicador", "Quién la publica", "Who publishes it"),
    Column("url", "Dirección de la fuente", "Address of the source"),
    Column("licencia", "Licencia o condición de la fuente, como la fuente la dice", "Licence or condition of the source, as it says it"),
    Column("datos_al", "Fecha hasta la que llegan los datos", "Date that the data reach", "date"),
    Column("sintetico", "Si es de demostración", "Whether it is demonstration data", "boolean", required=True),
    *_both("advertencias", "Cuidado al leerla", "Read with care"),
]
_INDEX = {
    "indice": ("Identificador del índice", "Id of the index"),
    "dimension": ("Dimensión; vacía en la fila del índice mismo", "Dimension; empty in the row of the index itself"),
    "nombre": ("Nombre de la dimensión o del índice", "Name of the dimension or of the index"),
    "valor": ("Puntaje de 0 a 100", "Score from 0 to 100"),
    "inferior": ("Límite inferior de la banda de 90 %", "Lower limit of the 90 % band"),
    "superior": ("Límite superior de la banda de 90 %", "Upper limit of the 90 % band"),
    "nivel": ("Nivel o niveles que la banda toca", "Level or levels the band touches"),
    "certeza": ("Parte de los sorteos que da ese nivel, de 0 a 1", "Share of the draws that gives that level, 0 to 1"),
    "estricto": ("Puntaje si el silencio contara como cero", "Score if silence counted as zero"),
    "peso_cubierto": ("Parte del peso de la dimensión que tiene dato", "Share of the dimension's weight that has data"),
    "estado": ("publicado, o por qué no hay puntaje", "publicado, or why there is no score"),
}
_NUMBERS = ("valor", "inferior", "superior", "certeza", "estricto", "peso_cubierto")
_SHARED = {c.name: c for c in VALUES}
_INDEX_ORDER = INDEX_COLUMNS
INDEX = [
    Column(n, *_INDEX[n], "number" if n in _NUMBERS else "string", required=n in ("indice", "nombre", "estado")) if n in _INDEX else _SHARED[n]
    for n in _INDEX_ORDER
]
_COUNT = (
    "vacío donde la tabla trata de personas o no respalda un indicador público",
    "empty where the table is about persons or stands behind no public indicator",
)
DELIVERIES = [
    Column("tabla", "Tabla entregada", "Table delivered", required=True),
    Column("nombre_tabla", "Nombre de la tabla", "Name of the table (Spanish)"),
    Column(
        "cod_region",
        "Quién entregó: código del gobierno regional; 00 es un organismo nacional",
        "Who delivered: code of the regional government; 00 a national body",
        required=True,
    ),
    Column("entrego", "Su nombre", "Its name"),
    Column("periodo", "Periodo entregado", "Period delivered", required=True),
    Column("version", "Versión de la entrega: la 2 corrige la 1", "Version: 2 corrects 1", "integer", required=True, least=1),
    Column("estado", "Cómo quedó", "How it went", codes=_DELIVERED, required=True),
    Column("fecha_limite", "Plazo de entrega", "Deadline", "date"),
    Column("recibido_el", "Día en que se recibió", "Day it was received", "date", required=True),
    Column("filas", f"Filas recibidas; {_COUNT[0]}", f"Rows received; {_COUNT[1]}", "integer", least=0),
    Column("filas_aceptadas", f"Filas aceptadas; {_COUNT[0]}", f"Rows accepted; {_COUNT[1]}", "integer", least=0),
    Column("filas_cuarentena", f"Filas apartadas por una regla; {_COUNT[0]}", f"Rows set aside by a rule; {_COUNT[1]}", "integer", least=0),
    Column("datos_al", "Fecha hasta la que llegan los datos", "Date that the data reach", "date"),
    Column("version_contrato", "Versión del formato de la tabla", "Version of the table's format"),
    Column("sintetico", "Si es de demostración", "Whether it is demonstration data", "boolean", required=True),
]
_SIDES = {"anterior": ("antes", "before"), "nuevo": ("ahora", "now")}
REVISIONS = [
    Column("publicacion", "Publicación que hizo la revisión", "Publication that made the revision", "integer", required=True, least=2),
    Column("publicada_el", "Su fecha", "Its date", "date", required=True),
    *(_SHARED[k] for k in KEY),
    *(
        Column(f"{c}_{side}", f"{c.capitalize()}, {es}", f"{c.capitalize()}, {en}", "number")
        for c in ("valor", "numerador", "denominador")
        for side, (es, en) in _SIDES.items()
    ),
    *(Column(f"estado_{side}", f"Estado, {es}", f"State, {en}", codes=STATES, required=True) for side, (es, en) in _SIDES.items()),
    Column("motivo", "Por qué cambió", "Why it changed (Spanish)"),
]
_TYPES = {
    "nuevo": ("Filas que aparecen", "Rows that appear"),
    "retirado": ("Filas que dejan de publicarse", "Rows no longer published"),
    "mayor": ("Cambia un valor publicado o su estado", "A published value or its state changes"),
    "menor": ("Solo cambia un intervalo, un aviso u otro metadato", "Only an interval, a notice or other metadata changes"),
    "ficha": ("Cambia la definición del indicador", "The definition of the indicator changes"),
}
CHANGES = [
    Column("publicacion", "Publicación en que ocurre", "Publication in which it happens", "integer", required=True, least=1),
    _SHARED["indicador"],
    Column("tipo", "Qué ocurre", "What happens", codes=_TYPES, required=True),
    Column("filas", "Cuántas filas", "How many rows", "integer", least=0),
]
DICTIONARY = [
    Column("archivo", "Archivo", "File", required=True),
    Column("orden", "Lugar de la columna en el archivo", "Place of the column in the file", "integer", required=True, least=1),
    Column("columna", "Columna", "Column", required=True),
    Column(
        "codigo",
        "Código que la columna admite; vacío en la fila de la columna misma",
        "Code the column admits; empty in the row of the column itself",
    ),
    Column("tipo", "Tipo: string, integer, number, boolean o date", "Type"),
    Column("obligatoria", "Si nunca está vacía", "Whether it is never empty", "boolean"),
    Column("significado_es", "Qué significa, en español", "What it means, in Spanish", required=True),
    Column("significado_en", "Qué significa, en inglés", "What it means, in English", required=True),
]
