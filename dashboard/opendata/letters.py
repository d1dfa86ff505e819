"""What people read first: LEAME.md, the licence, how to cite. The same publication gives the same bytes."""

from __future__ import annotations

from dashboard import formats
from dashboard.opendata.facts import ABOUT, KEYWORDS, LICENCE, LICENCE_URL, PUBLISHER, SYNTHETIC, TITLE, Facts
from dashboard.opendata.layout import FILES
from dashboard.opendata.observation import CONF_STATUS, OBS_STATUS

_READ = {
    "es": (
        "## Por dónde empezar\n\n"
        "* **Excel**: abra `valores.xlsx`. Es el único que se abre bien con doble clic en cualquier configuración regional.\n"
        "* **R, Python, bases de datos**: `valores.csv` o, más pequeño y con tipos, `valores.parquet`.\n"
        "* **Hojas de cálculo con coma decimal**: `valores_es.csv`.\n\n"
        "## Lo que conviene saber\n\n"
        "* Una fila es un valor: indicador, territorio, periodo y, si lo hay, desglose y categoría. Con «desglose» vacío, el valor es el entero.\n"
        "* Una celda de «valor» vacía **no es cero**: «estado» dice por qué no hay dato, y `OBS_STATUS` lo dice en SDMX.\n"
        "* Las categorías de un desglose pueden superponerse: no las sume sin mirar la ficha.\n"
        "* Hay filas de país, de regiones y del conjunto piloto: filtre «nivel» antes de sumar.\n"
        "* «territorio», «periodo» y «categoria» son texto: `01` no es 1.\n"
        "* En los CSV, un texto que empieza con =, +, - o @ lleva delante un apóstrofo, para que ninguna hoja de cálculo lo ejecute.\n"
        "* «sin_diferencia» quiere decir sin diferencia concluyente, no que no hubo cambio.\n"
    ),
    "en": (
        "## Where to begin\n\n"
        "* **Excel**: open `valores.xlsx`. It is the one that opens well by double click, whatever the locale.\n"
        "* **R, Python, databases**: `valores.csv` or, smaller and with types, `valores.parquet`.\n"
        "* **Spreadsheets with decimal comma**: `valores_es.csv`.\n\n"
        "## Worth knowing\n\n"
        "* A row is a value: indicator, territory, period and, where there is one, breakdown and category. With «desglose» empty the value is the "
        "whole.\n"
        "* An empty «valor» is **not zero**: «estado» says why there is no figure, and `OBS_STATUS` says it in SDMX.\n"
        "* Categories of a breakdown may overlap: do not add them up without reading the sheet.\n"
        "* There are rows of the country, of regions and of the pilot group: filter «nivel» before adding up.\n"
        "* «territorio», «periodo» and «categoria» are text: `01` is not 1.\n"
        "* In the CSV files a text that begins with =, +, - or @ has an apostrophe before it, so that no spreadsheet runs it.\n"
        "* «sin_diferencia» means no conclusive difference, not that nothing changed.\n"
    ),
}


def readme(facts: Facts) -> str:
    """LEAME.md, in Spanish and then in English."""
    parts = [_readme(facts, "es"), "---\n", _readme(facts, "en")]
    return "\n".join(parts)


def _readme(facts: Facts, lang: str) -> str:
    es = lang == "es"
    until = formats.day(facts.card.datos_al)
    head = (
        f"Publicación N.º {facts.number}, del {formats.day(facts.made)}; datos al {until}."
        if es else f"Publication no. {facts.number}, of {formats.day(facts.made)}; data until {until}."
    )  # fmt: skip
    counts = (
        f"{formats.number(facts.indicators, 0)} {'indicadores' if es else 'indicators'}, {formats.number(facts.rows, 0)} {'filas' if es else 'rows'}."
    )
    files = "\n".join(f"| `{f.path}` | {f.es if es else f.en} |" for f in FILES)
    codes = "\n".join(f"| `{c}` | {text[not es]} |" for c, text in OBS_STATUS.items())
    return "\n".join(
        [
            f"# {TITLE[lang]}\n", f"{head} {counts}\n", f"{ABOUT[lang]}\n", *([f"**{SYNTHETIC[lang]}**\n"] if facts.synthetic else []), _READ[lang],
            f"## {'Archivos' if es else 'Files'}\n\n| {'Archivo' if es else 'File'} | {'Para qué' if es else 'What for'} |\n|---|---|\n{files}\n",
            f"## OBS_STATUS (SDMX CL_OBS_STATUS)\n\n| | |\n|---|---|\n{codes}\n",
            f"`CONF_STATUS`: F, {CONF_STATUS['F'][not es].lower()}; C, {CONF_STATUS['C'][not es].lower()}.\n",
            _CUMULATIVE[lang],
            f"## {'Licencia y cita' if es else 'Licence and citation'}\n\n{LICENCE} ({LICENCE_URL}).\n\n> {facts.citation(lang)}\n",
        ]
    )  # fmt: skip


_CUMULATIVE = {
    "es": "## Cómo se leía en otra fecha\n\nEn `acumulado/`, lo que decía la publicación n son las filas con `desde_publicacion` ≤ n y "
    "`hasta_publicacion` vacío o > n.\n",
    "en": "## As it read on another day\n\nIn `acumulado/`, what publication n said are the rows with `desde_publicacion` ≤ n and "
    "`hasta_publicacion` empty or > n.\n",
}


def licence(facts: Facts) -> str:
    return (
        f"{TITLE['es']}\n© {facts.made.year} {PUBLISHER['es']}\n\n"
        "Estos datos se ofrecen con la licencia Creative Commons Atribución 4.0 Internacional (CC BY 4.0).\n"
        "Puede copiarlos, transformarlos y publicarlos, también con fines comerciales, si cita la fuente y dice qué cambió.\n"
        f"Texto completo: {LICENCE_URL}legalcode.es\n\n"
        "Las tablas de origen tienen sus propias condiciones, dichas por cada fuente en fuentes.csv (columna «licencia»).\n"
        "La licencia no permite intentar identificar a personas a partir de los datos: la Ley 29733 lo prohíbe.\n\n"
        "These data are offered under the Creative Commons Attribution 4.0 International licence (CC BY 4.0).\n"
        "You may copy, transform and publish them, commercially too, if you name the source and say what you changed.\n"
        f"Full text: {LICENCE_URL}legalcode.en\n"
        "The original tables have conditions of their own, told by each source in fuentes.csv (column «licencia»).\n"
    )


def citation(facts: Facts) -> str:
    """The line to copy in both languages, and the same for BibTeX. A DOI, once given, goes into `doi`."""
    return (
        f"{facts.citation('es')}\n\n{facts.citation('en')}\n\n"
        f"@misc{{siegem_p{facts.number},\n  author = {{{{{PUBLISHER['es']}}}}},\n  title = {{{TITLE['es']}}},\n  year = {{{facts.made.year}}},\n"
        f"  version = {{{facts.version}}},\n  howpublished = {{{facts.place}}},\n  note = {{Publicación N.º {facts.number}, "
        f"{formats.day(facts.made)}. {LICENCE}}}\n}}\n"
    )


def citation_file(facts: Facts) -> str:
    """CITATION.cff 1.2.0."""
    words = "\n".join(f"  - {w}" for w in KEYWORDS["es"])
    url = f'url: "{facts.place}"\n' if facts.base else ""
    return (
        f'cff-version: 1.2.0\nmessage: "Si usa estos datos, cítelos así."\ntype: dataset\ntitle: "{TITLE["es"]}"\nauthors:\n  - name: '
        f'"{PUBLISHER["es"]}"\n'
        f'abstract: "{ABOUT["es"]}"\nversion: {facts.version}\ndate-released: "{facts.made.isoformat()}"\nlicense: {LICENCE}\n{url}'
        f'identifiers:\n  - type: other\n    value: "siegem-p{facts.number}-{facts.card.huella[:16]}"\n    description: "Huella de la publicación"\n'
        f"keywords:\n{words}\n"
    )
