#!/usr/bin/env bash
# Datos de SIEGEM con curl. Uso: bash ejemplo.sh [SITIO]
set -euo pipefail
sitio=${1:-http://127.0.0.1:8050}
carpeta=$(mktemp -d)
trap 'rm -rf "$carpeta"' EXIT

# 1. Qué publicación rige: su número es el que se cita.
publicacion=$(curl -fsS "$sitio/api/v1" | grep -o '"publicacion":[0-9]*' | grep -o '[0-9]*$')
echo "Publicación N.º $publicacion"

# 2. Una tabla en CSV. Con «publicacion» la respuesta no cambia nunca.
direccion="$sitio/api/v1/valores?indicador=pct_tramites_en_plazo&desglose=ninguno&publicacion=$publicacion&formato=csv"
curl -fsS --compressed -o "$carpeta/valores.csv" "$direccion"
echo "Filas del CSV: $(($(wc -l < "$carpeta/valores.csv") - 1)); publicadas: $(grep -c ',publicado,' "$carpeta/valores.csv")"

# 3. Preguntar otra vez solo si algo cambió: 304 y ningún byte donde no.
curl -fsS -o "$carpeta/fichas.json" --etag-save "$carpeta/etag" "$sitio/api/v1/indicadores"
echo "Segunda vez: $(curl -sS -o /dev/null -w '%{http_code}' --etag-compare "$carpeta/etag" "$sitio/api/v1/indicadores")"

# 4. Un error dice en español qué escribir.
curl -sS "$sitio/api/v1/valores?tipo=trimeste"
echo
