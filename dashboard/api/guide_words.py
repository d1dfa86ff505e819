"""The words of `/api` that are not told by the resources themselves. Spanish, as the data are."""

from __future__ import annotations

PROGRAMS = (
    ("Python", "ejemplo.py", "Solo usa lo que Python trae. Guárdelo y córralo con la dirección de este sitio."),
    ("R", "ejemplo.R", "Los tres primeros pasos no necesitan ningún paquete; el cuarto usa jsonlite si está."),
    ("curl", "ejemplo.sh", "Con bash y curl 7.68 o más nuevo."),
)

TABLE = """<div class="marco"><table><thead><tr><th scope="col">Parámetro</th><th scope="col">Qué es</th><th scope="col">Valores</th></tr></thead>
<tbody>{rows}</tbody></table></div>"""

RULES = """<dl>
<dt>Citar</dt><dd>Toda respuesta dice de qué publicación es. Con <code>publicacion=N</code> en la dirección, la respuesta no cambia nunca.
«enlace_permanente» (en CSV y XLSX, el encabezado <code>Content-Location</code>) es esa dirección.</dd>
<dt>Lo que falta</dt><dd>Nunca es 0: «valor» viene nulo y «estado» dice por qué. Los nombres de los estados están en
<a href="/api/v1/metadatos"><code>/api/v1/metadatos</code></a>.</dd>
<dt>Páginas</dt><dd>Hasta 10,000 filas por respuesta en JSON: «siguiente» y <code>Link: rel="next"</code> llevan a la página que sigue; «total»
dice cuántas hay. El CSV viene entero.</dd>
<dt>No pedir dos veces</dt><dd>Toda respuesta lleva <code>ETag</code>: devuélvalo en <code>If-None-Match</code> y, si nada cambió, recibe 304 sin
cuerpo. Las respuestas con publicación dicen <code>immutable</code>: guárdelas.</dd>
<dt>Errores</dt><dd><code>application/problem+json</code> (RFC 9457), en español: «title» dice qué pasa y «detail», qué escribir.</dd>
<dt>Cuánto se puede pedir</dt><dd>Hay un tope de preguntas por minuto y dirección, amplio; lo que ya está preparado (con <code>publicacion=N</code> y
pedido antes) no cuenta. Pasado el tope llega 429 con <code>Retry-After</code>: espere esos segundos. <code>RateLimit</code> dice cuántas quedan.</dd>
<dt>Desde otra página web</dt><dd>En el sitio público, cualquier página puede leer la API (CORS).</dd>
<dt>Programas</dt><dd>La descripción para generar clientes (OpenAPI 3.1) está en
<a href="/api/v1/openapi.json"><code>/api/v1/openapi.json</code></a>.</dd>
<dt>Licencia</dt><dd><a href="https://creativecommons.org/licenses/by/4.0/deed.es" rel="license">CC BY 4.0</a>: use los datos para lo que
quiera, citando la fuente.</dd>
</dl>"""

PAGE = """<!DOCTYPE html>
<html lang="es">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>API de datos abiertos · SIEGEM</title>
<meta name="description" content="Cómo pedir los datos de la gestión minera descentralizada del Perú desde un programa: direcciones y ejemplos.">
<link rel="icon" href="{icon}" type="image/svg+xml">
<style>{style}</style>
</head>
<body>
<header><p><a href="/">SIEGEM</a> <small>Monitor de la Gestión Minera Descentralizada · <a href="/datos">Datos abiertos</a></small></p></header>
<main>
<h1>API de datos abiertos</h1>
<p class="resumen">Todo lo que se publica se puede pedir desde un programa, sin clave y sin permiso. Cada dirección se abre también en el
navegador.</p>
<h2 id="empezar">Para empezar</h2>
<ol>
<li>Busque el indicador en <a href="/api/v1/indicadores"><code>/api/v1/indicadores</code></a>.</li>
<li>Pida sus valores en CSV: <code>/api/v1/valores?indicador=IDENTIFICADOR&amp;formato=csv</code>. Se abre en Excel.</li>
<li>Lea qué es cada columna en el <a href="/api/v1/diccionario">diccionario</a>.</li>
</ol>
<h2 id="direcciones">Las direcciones</h2>
<p>Toque una para ver qué se le puede pedir, con un ejemplo y su respuesta.</p>
{resources}
<h2 id="ejemplos">Programas de ejemplo</h2>
{programs}
<h2 id="reglas">Lo que vale para todas</h2>
{rules}
</main>
<footer><p>Ministerio de Energía y Minas del Perú</p></footer>
</body>
</html>
"""
