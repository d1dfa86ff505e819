"""Datos de SIEGEM desde Python, sin instalar nada. Uso: python ejemplo.py [SITIO]."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import urlopen

SITIO = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8050"
INDICADOR = "pct_tramites_en_plazo"


def pedir(direccion: str, **consulta: Any) -> bytes:
    """La respuesta tal como viene. Un error de la API dice en español qué escribir."""
    pregunta = f"?{urlencode(consulta)}" if consulta else ""
    with urlopen(urljoin(SITIO, direccion) + pregunta) as respuesta:
        cuerpo: bytes = respuesta.read()
        return cuerpo


# 1. La ficha del indicador: su unidad, su último periodo y la publicación que se va a citar.
ficha = json.loads(pedir(f"/api/v1/indicadores/{INDICADOR}"))
publicacion, datos = ficha["publicacion"], ficha["indicador"]
print(f"Publicación N.º {publicacion}: {datos['nombre']} ({datos['unidad']}), último periodo {datos['ultimo_periodo']}")

# 2. Una cifra con su intervalo. Con «publicacion» la respuesta no cambia nunca: se puede citar.
pregunta = {"indicador": INDICADOR, "periodo": datos["ultimo_periodo"], "desglose": "ninguno", "publicacion": publicacion}
for fila in json.loads(pedir("/api/v1/valores", territorio="00,13,24", **pregunta))["valores"]:
    if fila["valor"] is None:  # lo que falta nunca es 0: «estado» dice por qué
        print(f"{fila['nombre_territorio']}: sin valor ({fila['estado']})")
    else:
        print(f"{fila['nombre_territorio']}: {fila['valor']:.1f} (intervalo de {fila['inferior']:.1f} a {fila['superior']:.1f}; n = {fila['n']})")

# 3. Muchas filas, página por página: «siguiente» es la dirección de la que sigue.
filas, direccion = [], f"/api/v1/valores?indicador={INDICADOR}&desglose=ninguno&publicacion={publicacion}&limite=100"
while direccion:
    pagina = json.loads(pedir(direccion))
    filas += pagina["valores"]
    direccion = pagina["siguiente"]
print(f"Filas leídas por páginas: {len(filas)} de {pagina['total']}")

# 4. Lo mismo de una vez, en CSV. Con pandas: pandas.read_csv(direccion, dtype={"territorio": str, "categoria": str})
tabla = pedir("/api/v1/valores", indicador=INDICADOR, desglose="ninguno", publicacion=publicacion, formato="csv")
renglones = list(csv.DictReader(io.StringIO(tabla.decode("utf-8-sig"))))
print(f"Filas del CSV: {len(renglones)}; publicadas: {sum(r['estado'] == 'publicado' for r in renglones)}")
