"""Every setting of the system: one field each, read from SIEGEM_* variables or a `.env` file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from warehouse.errors import SettingsError


class Settings(BaseSettings):
    """Settings with their defaults. The docs table and `.env.example` are generated from here."""

    model_config = SettingsConfigDict(env_prefix="SIEGEM_", env_file=".env", extra="ignore", frozen=True)

    datos: Path = Field(Path("datos"), description="Carpeta de los almacenes: base de datos, tablas Delta, archivos recibidos.")
    base_datos: str = Field("", description="URL de SQLAlchemy. Vacía: SQLite en la carpeta de datos.")
    publico: Path | None = Field(
        None, description="Carpeta del almacén público, lo único que abre `serve --publico`. Vacía: `publico` en la carpeta de datos."
    )
    entrada: Path | None = Field(None, description="Bandeja de entrada de archivos. Vacía: `entrada` en la carpeta de datos.")
    oficial: Path | None = Field(None, description="Carpeta con las series oficiales extensas; si se da, se cargan en cada corrida.")
    zona_horaria: str = Field("America/Lima", description="Zona horaria de los calendarios y de la programación.")
    anfitrion: str = Field("127.0.0.1", description="Dirección en la que atiende el tablero.")
    puerto: int = Field(8050, ge=1, le=65535, description="Puerto del tablero.")
    hora_corrida: str = Field("05:30", pattern=r"^[0-2]\d:[0-5]\d$", description="Hora de la corrida diaria, en la zona horaria.")
    max_mb_archivo: int = Field(512, ge=1, description="Tamaño máximo de un archivo recibido, en MB.")
    max_mb_inflado: int = Field(1024, ge=1, description="Tamaño máximo de un XLSX una vez descomprimido, en MB.")
    memoria_motor: str = Field(
        "2GB", pattern=r"^\d+(MB|GB)$", description="Memoria máxima del motor de cálculo; con Spark, la del conductor y la de cada ejecutor."
    )
    hilos_motor: int = Field(2, ge=1, description="Hilos del motor de cálculo.")
    motor: Literal["duckdb", "spark"] = Field(
        "duckdb", description="Motor de cálculo: `duckdb`, en esta máquina, o `spark`, para más datos de los que caben en ella."
    )
    spark_master: str = Field(
        "local[2]", description="Dirección del clúster de Spark, como `spark://servidor:7077`; `local[2]` son dos hilos de esta máquina."
    )
    spark_opciones: dict[str, str] = Field(
        {}, repr=False, description="Opciones propias de Spark en JSON (almacenamiento S3, memoria de los ejecutores). Valen sobre las demás."
    )
    reintentos: int = Field(3, ge=1, le=10, description="Intentos de descarga por fuente.")
    espera_segundos: float = Field(20.0, gt=0, description="Espera máxima de una descarga sin recibir datos, en segundos.")
    agente_usuario: str = Field(
        "SIEGEM/0.1 (gestion minera regional; Ministerio de Energia y Minas, Peru)",
        pattern=r"^[\x20-\x7e]+$",
        description="Cómo se presenta SIEGEM ante los servidores que consulta (sin tildes); ponga un correo de contacto.",
    )
    pausa_segundos: float = Field(0.5, ge=0, le=60, description="Pausa entre dos pedidos al mismo servidor, en segundos.")
    fuentes: str = Field("", description="Fuentes que se consultan en cada corrida, separadas por comas (nombres de `etl/feeds`). Vacía: ninguna.")
    carpeta_fuentes: Path | None = Field(None, description="Carpeta con declaraciones de fuentes propias (*.yml); valen antes que las incluidas.")
    max_mb_flujo: int = Field(20_000, ge=1, description="Tamaño máximo de una fuente que se filtra al vuelo sin guardarla (MEF), en MB.")
    sal: str = Field("", repr=False, description="Sal de las huellas de datos personales. Vacía: se crea una en la carpeta de datos; guárdela.")
    sitio_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$",
        description="Dirección del sitio tal como la abren las regiones; va en los enlaces de los avisos.",
    )
    correo_servidor: str = Field("", description="Servidor SMTP de los avisos. Vacío: no se envía ningún correo.")
    correo_puerto: int = Field(587, ge=1, le=65535, description="Puerto del servidor SMTP.")
    correo_seguridad: Literal["starttls", "tls", "ninguna"] = Field(
        "starttls", description="Cómo se protege la conexión con el servidor SMTP: `starttls`, `tls`, o `ninguna` (solo en esta máquina)."
    )
    correo_usuario: str = Field("", description="Usuario del servidor SMTP, si lo pide.")
    correo_clave: str = Field("", repr=False, description="Clave del servidor SMTP.")
    correo_remitente: str = Field("", description="De quién son los avisos, como `SIEGEM <siegem@minem.gob.pe>`; recibe también las respuestas.")
    avisos_clave: str = Field("", repr=False, description="Clave de los enlaces de baja y de las firmas. Vacía: se crea en la carpeta de datos.")
    avisos_horas_quietas: str = Field(
        "20-07",
        pattern=r"^(no|([01]\d|2[0-3])-([01]\d|2[0-3]))$",
        description="Horas en que no se envían correos, en la zona horaria; `no`: ninguna.",
    )
    avisos_minutos: int = Field(10, ge=1, le=1440, description="Cada cuántos minutos se envían los avisos pendientes.")
    avisos_sin_novedad: bool = Field(True, description="Enviar un aviso breve también cuando una publicación no trae novedades para la región.")
    avisos_plazo_alertas: int = Field(10, ge=1, le=365, description="Días para atender una alerta desde que se abre, si nadie fija otra fecha.")
    api_por_minuto: int | None = Field(
        None, ge=0, description="Respuestas de la API por minuto y dirección. Vacío: 600 en el sitio público, sin tope en el propio; 0: sin tope."
    )
    proxy_de_confianza: str = Field(
        "", description="Direcciones o redes, con comas, del servidor intermedio cuyo X-Forwarded-For se cree. Vacía: de nadie."
    )
    formato_numeros: str = Field("es_PE", pattern=r"^(es_PE|inei)$", description="`es_PE` escribe 1,234.5; `inei` escribe 1 234,5.")

    @field_validator("api_por_minuto", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def database_url(self) -> str:
        """The SQL database's URL, SQLite in the data folder by default."""
        return self.base_datos or f"sqlite:///{(self.datos / 'siegem.db').as_posix()}"

    @property
    def public_folder(self) -> Path:
        """The folder of the public store: what the publication leaves for the public server."""
        return self.publico or self.datos / "publico"

    @property
    def inbox(self) -> Path:
        """The folder where regional files are left to be landed."""
        return self.entrada or self.datos / "entrada"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings. Raises SettingsError naming the variable that cannot be used."""
    return load()


def load(**overrides: object) -> Settings:
    """Settings from the environment with `overrides` on top (field names)."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SIEGEM_{str(first['loc'][0]).upper()}"
        raise SettingsError(
            f"El ajuste {name} no es válido: «{first.get('input')}» ({first['msg']}).",
            stands="No se inició nada.",
            cure=f"Corrija {name} en el entorno o en el archivo .env; vea docs/operacion.md.",
        ) from error
