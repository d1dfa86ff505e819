"""What the API gives, typed: for OpenAPI and for who generates a client. A later version may give more fields; none of these goes away."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, create_model

from dashboard.dictionary import MEANINGS
from dashboard.rows import COLUMNS
from warehouse.periods import KINDS
from warehouse.states import CHANGES, NOTICES, STATES
from warehouse.territories import LEVELS

_DAY = Field(description="Día, como 2026-09-30", json_schema_extra={"format": "date"})


def _words(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


_NUMBERS = (
    "numerador",
    "denominador",
    "valor",
    "inferior",
    "superior",
    "cobertura",
    "cambio",
    "cambio_inferior",
    "cambio_superior",
    "cambio_relativo",
)
_ENUMS = {"tipo_periodo": KINDS, "nivel": LEVELS, "estado": tuple(STATES)}
_COUNTS = ("n",)
_MAYBE = ("datos_al", "periodo_comparado", "cambio_estado")


def _of_column(name: str) -> Any:
    told = MEANINGS[name][0]
    if name in _NUMBERS:
        return (float | None, Field(description=told))
    if name in _COUNTS:
        return (int | None, Field(description=told))
    if name == "publicacion":
        return (int, Field(description=told))
    if name == "avisos":
        return (list[str], Field(description=told, json_schema_extra={"items": {"type": "string", "enum": list(NOTICES)}}))
    if name in _ENUMS:
        return (str, Field(description=told, json_schema_extra=_words(*_ENUMS[name])))
    if name == "cambio_estado":
        return (str | None, Field(description=told, json_schema_extra={"enum": [*CHANGES, None]}))
    return (str | None if name in _MAYBE else str, Field(description=told))


#: the columns of the downloads are the fields of a value: one list, one dictionary
Valor: type[BaseModel] = create_model("Valor", __doc__="Un valor publicado, o la razón por la que no lo hay.", **{c: _of_column(c) for c in COLUMNS})


class Problema(BaseModel):
    """Un problema (RFC 9457): qué pasa y qué escribir."""

    type: str = Field(description="Siempre about:blank")
    title: str = Field(description="Qué pasa")
    status: int = Field(description="El código de la respuesta")
    detail: str = Field(description="Qué hacer")


class OfPublication(BaseModel):
    publicacion: int = Field(description="Publicación de la que se responde")


class Page(OfPublication):
    total: int = Field(description="Filas que cumplen la consulta, en todas las páginas")
    desde_fila: int = Field(description="Fila por la que empieza esta página")
    limite: int = Field(description="Filas por página")
    siguiente: str | None = Field(description="Dirección de la página que sigue; nulo en la última")
    enlace_permanente: str = Field(description="Esta misma consulta con su publicación: su respuesta no cambia")


class Valores(Page):
    """Valores publicados."""

    valores: list[Valor]


class Indicador(BaseModel):
    """Un indicador: su nombre, su unidad y su ficha entera, como quedó en la publicación."""

    indicador: str
    nombre: str
    unidad: str
    area: str
    tipo_periodo: str = Field(description="El tipo de periodo principal", json_schema_extra=_words(*KINDS))
    ultimo_periodo: str = Field(description="El periodo más nuevo con valores en la mayoría de territorios; vacío si no hay ninguno")
    sintetico: bool = Field(description="Si detrás hay datos de demostración")
    tablas: list[str]
    ficha: dict[str, Any] = Field(description="La definición entera: pregunta, numerador, denominador, desgloses, mínimo de casos, cómo leerlo")
    sql: str = Field(description="La consulta con que se cuenta")


class Indicadores(OfPublication):
    """Los indicadores de una publicación."""

    indicadores: list[Indicador]


class Categoria(BaseModel):
    categoria: str
    nombre: str


class Desglose(BaseModel):
    desglose: str
    nombre: str
    categorias: list[Categoria]


class Fuente(BaseModel):
    """De dónde viene una tabla."""

    tabla: str
    titulo: str
    publicador: str
    url: str
    fecha: str
    datos_al: str | None = _DAY
    sintetico: bool
    advertencias: list[str]


class UnIndicador(OfPublication):
    """La ficha de un indicador con sus periodos, sus desgloses y sus fuentes."""

    indicador: Indicador
    periodos: dict[str, list[str]] = Field(description="Tipo de periodo -> periodos que tienen alguna fila")
    desgloses: list[Desglose]
    fuentes: list[Fuente]
    valores: str = Field(description="Dirección de sus valores")


class Territorio(BaseModel):
    codigo: str
    nombre: str
    nivel: str = Field(json_schema_extra=_words(*LEVELS))
    autoridad: str = Field(description="Quién ejerce las funciones mineras; vacío si no es una región")
    piloto: bool
    region: str = Field(description="Código de la región que lo contiene; el suyo si es una región, vacío si es más que una")


class Territorios(BaseModel):
    """Territorios con su código del INEI."""

    territorios: list[Territorio]


class UnTerritorio(BaseModel):
    territorio: Territorio
    valores: str = Field(description="Dirección de sus valores")


class Publicacion(BaseModel):
    numero: int
    creada_en: str = Field(json_schema_extra={"format": "date-time"})
    datos_al: str | None = _DAY
    completitud: float | None = Field(description="Parte de las entregas esperadas que llegó, de 0 a 1")
    nuevos: int
    revisados: int
    retirados: int
    nota: str
    codigo: str = Field(description="Versión del programa que la hizo")
    huella: str = Field(description="Huella de las definiciones y los datos")


class Publicaciones(BaseModel):
    """Publicaciones, de la más nueva a la más antigua."""

    publicaciones: list[Publicacion]


class UnaPublicacion(BaseModel):
    """Una publicación con sus fuentes y su cita."""

    publicacion: Publicacion
    indicadores: list[str]
    fuentes: list[Fuente]
    cita: str
    licencia: str
    enlaces: dict[str, str]


class Revision(BaseModel):
    """Un valor publicado que cambió."""

    publicacion: int = Field(description="La publicación que lo cambió")
    creada_en: str | None
    indicador: str
    territorio: str
    tipo_periodo: str
    periodo: str
    desglose: str
    categoria: str
    valor_anterior: float | None
    valor_nuevo: float | None
    numerador_anterior: float | None
    numerador_nuevo: float | None
    denominador_anterior: float | None
    denominador_nuevo: float | None
    estado_anterior: str | None
    estado_nuevo: str | None
    motivo: str


class Revisiones(Page):
    """Lo que cambió de lo ya publicado, lo más nuevo primero."""

    revisiones: list[Revision]


class Resultado(BaseModel):
    """Una regla aplicada a una entrega."""

    tabla: str
    cod_region: str
    periodo: str
    version: int
    regla_id: str
    dimension: str
    severidad: str
    estado: str
    filas_evaluadas: int | None
    filas_fallidas: int | None
    evaluado_en: str | None


class Entrega(BaseModel):
    """Una entrega aceptada que rige."""

    tabla: str
    cod_region: str
    periodo: str
    version: int
    estado: str
    fecha_limite: str | None
    recibido_en: str | None
    filas: int | None
    filas_aceptadas: int | None
    filas_cuarentena: int | None
    version_contrato: str
    sintetico: bool
    datos_al: str | None


class Calidad(Page):
    """Resultados de las reglas y entregas que rigen; «total» es de resultados."""

    completitud: float | None
    total_entregas: int
    resultados: list[Resultado]
    entregas: list[Entrega]


class ReglaPorLugar(BaseModel):
    tabla: str
    cod_region: str
    regla_id: str
    dimension: str
    severidad: str
    estado: str
    entregas: int
    filas_evaluadas: int | None
    filas_fallidas: int | None


class Reglas(OfPublication):
    """Cada regla por tabla, región y resultado."""

    reglas: list[ReglaPorLugar]


class FilaDeIndice(BaseModel):
    """Una región en el índice, o en una de sus dimensiones."""

    indice: str
    territorio: str
    nombre_territorio: str
    tipo_periodo: str
    periodo: str
    dimension: str = Field(description="Vacía en la fila del índice mismo")
    nombre: str
    valor: float | None
    inferior: float | None
    superior: float | None
    nivel: str | None
    certeza: float | None
    estricto: float | None
    peso_cubierto: float | None
    estado: str
    publicacion: int


class Indice(OfPublication):
    """El Índice de Desempeño Regional."""

    indice: list[FilaDeIndice]


class Columna(BaseModel):
    columna: str
    significado: str


class Diccionario(BaseModel):
    """Qué significa cada columna de las descargas."""

    diccionario: list[Columna]


class Palabra(BaseModel):
    codigo: str
    es: str
    en: str


class Metadatos(OfPublication):
    """Las listas de códigos de esta API, las fuentes y la licencia."""

    licencia: str
    columnas: list[Columna]
    estados: list[Palabra]
    avisos: list[Palabra]
    cambios: list[str]
    tipos_de_periodo: list[str]
    niveles: list[str]
    areas: list[Palabra]
    fuentes: list[Fuente]


class Frases(OfPublication):
    """Lo que dice cada celda del cuadro de mando."""

    frases: dict[str, list[str]]


class Inicio(BaseModel):
    """Por dónde empezar."""

    nombre: str
    explicada_en: str
    openapi: str
    publicacion: int | None
    recursos: dict[str, str]


class Figura(BaseModel):
    """Una figura de Plotly."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]


class Figuras(BaseModel):
    """Figuras en el orden en que se pidieron; la que no se puede dibujar trae «estado» y «titulo»."""

    figuras: list[dict[str, Any]]
