"""Where one may go: pages made by hand and theme pages, in groups, for the rail and for the bar of phones."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import dash

from dashboard import site, temas
from dashboard.address import Reader, with_query
from dashboard.language import t

#: (path, icon, word) of the pages made by hand; theme pages bring their own from `dashboard/temas/`
SECTIONS = (
    ("/", "resumen", "Resumen"),
    ("/comparar", "comparar", "Comparar"),
    ("/region/13", "region", "Mi región"),
    ("/indice", "indice", "Índice"),
    ("/mapa", "mapa", "Mapa"),
    ("/indicador/", "indicador", "Indicadores"),
    ("/calidad", "calidad", "Calidad"),
    ("/entregas", "entregas", "Entregas"),
    ("/avisos", "senal", "Alertas"),
    ("/datos", "datos", "Datos abiertos"),
    ("/metodologia", "metodologia", "Metodología"),
    ("/foro", "foro", "Foro"),
)
#: pages that the navigation has under another's name: a province is part of its region
WITHIN = {"/provincia": "/region", "/replica": "/calidad"}
#: its address is completed with the first indicator
INDICATOR = "/indicador/"
#: pages that an installation may not have: shown where Dash knows them
OPTIONAL = ("/indice", "/metodologia", "/foro", "/entregas", "/avisos", "/datos")
#: pages made by hand that the rail shows without opening «Más», before and after the main themes
BEFORE, AFTER = ("/", "/comparar", "/region/13", "/indice"), ("/calidad", "/entregas")
#: phones have room for five: these and «Más», which lists every page
ON_PHONES = ("/", "/comparar", "/region/13", "/procesos")


@dataclass(frozen=True)
class Entry:
    """A page as the navigation names it, in the language asked for."""

    path: str
    icon: str
    word: str

    @property
    def root(self) -> str:
        return root(self.path)


def root(path: str) -> str:
    """The first part of an address: what tells sections apart."""
    return "/" + path.strip("/").split("/")[0]


def groups(lang: str) -> tuple[list[Entry], list[Entry], list[Entry], list[Entry]]:
    """What comes first, the main themes, what comes after them, and the rest."""
    known = {root(str(p.get("path_template") or p.get("path") or "")) for p in dash.page_registry.values()}
    ours = {path: Entry(site.summary() if path == "/" else path, icon, t(word, lang)) for path, icon, word in SECTIONS
            if path not in OPTIONAL or root(path) in known}  # fmt: skip
    themes = temas.every()
    main, more = ([Entry(x.path, x.icon, x.word.of(lang)) for x in themes if x.main is wanted] for wanted in (True, False))
    first, last = ([ours[p] for p in paths if p in ours] for paths in (BEFORE, AFTER))
    return first, main, last, [*more, *(e for p, e in ours.items() if p not in (*BEFORE, *AFTER))]


def rail(path: str, who: Reader, first_indicator: str) -> str:
    """The links of wide screens; the lesser ones under «Más», open where the page is one of them."""
    first, main, last, rest = groups(who.lang)
    made = []
    for i, group in enumerate((first, main, last)):
        made += [
            _link("riel__enlace" + (" riel__enlace--seccion" if i and not j else ""), e, path, who, first_indicator) for j, e in enumerate(group)
        ]
    inside = "".join(_link("riel__enlace", e, path, who, first_indicator) for e in rest)
    opened = " open" if any(is_current(e, path) for e in rest) else ""
    return f'{"".join(made)}<details class="riel__mas"{opened}>{_summary("riel__enlace", who)}{inside}</details>'


def bar(path: str, who: Reader, first_indicator: str) -> str:
    """The five of phones: four pages and «Más», a list of all pages that opens without scripts."""
    every = groups(who.lang)
    known = {e.path: e for group in every for e in group}
    made = "".join(_link("barra-inferior__enlace", known[p], path, who, first_indicator) for p in on_phones() if p in known)
    listed = "".join(f'<div class="lista-paginas__grupo">{_listed(group, path, who, first_indicator)}</div>' for group in every if group)
    return f'{made}<details class="barra-inferior__mas">{_summary("barra-inferior__enlace", who)}<div class="lista-paginas">{listed}</div></details>'


def _listed(group: list[Entry], path: str, who: Reader, first_indicator: str) -> str:
    """A group of the list of phones; pages that are not in the bar itself are marked, so that «Más» can say that one of them is open."""
    names = {True: "lista-paginas__enlace", False: "lista-paginas__enlace lista-paginas__otra"}
    return "".join(_link(names[e.path in on_phones()], e, path, who, first_indicator) for e in group)


def on_phones() -> tuple[str, ...]:
    """Addresses of the bar, the summary's where it is on this site."""
    return tuple(site.summary() if p == "/" else p for p in ON_PHONES)


def is_current(entry: Entry, path: str) -> bool:
    here = root(path)
    return WITHIN.get(here, here) == entry.root


def _summary(name: str, who: Reader) -> str:
    return f'<summary class="{name}"><span class="icono icono--menu" aria-hidden="true"></span><span>{t("Más", who.lang)}</span></summary>'


def _link(name: str, entry: Entry, path: str, who: Reader, first_indicator: str) -> str:
    full = entry.path + first_indicator if entry.path == INDICATOR else entry.path
    current = ' aria-current="page"' if is_current(entry, path) else ""
    # the browser marks the link again at each step within the site (`interactions.py`), by the same roots
    within = " ".join(inner for inner, outer in WITHIN.items() if outer == entry.root)
    also = f' data-tambien="{within}"' if within else ""
    return (
        f'<a class="{name}" data-seccion="{entry.root}"{also} href="{escape(keep(full, who))}" data-navegar{current}>'
        f'<span class="icono icono--{entry.icon}" aria-hidden="true"></span><span>{escape(entry.word)}</span></a>'
    )


def keep(path: str, who: Reader, **query: str) -> str:
    """An address of the shell: language and a chosen publication go with it."""
    return with_query(path, **query, lang=who.lang if who.lang != "es" else "", publicacion=who.publication if who.pinned else "")
