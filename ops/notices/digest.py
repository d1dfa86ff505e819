"""The digest of a region: what got worse and better, what is missing, what to mend, in the words of its page. One for each publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import headlines, region_changes, sentences
from dashboard.published import Sheet
from ops.notices import digest_data, findings
from ops.notices.addresses import Addresses
from ops.notices.digest_checks import check_items
from ops.notices.digest_owed import owed_sections
from ops.notices.findings import Finding, Findings, Row
from ops.notices.letter import Item, Letter, Section
from ops.notices.owed import Owed
from ops.notices.reading import Edition
from warehouse.territories import COUNTRY

#: things listed in a section; more are counted, with a link to the page that has them all
LISTED = 6


def digest(edition: Edition, code: str, due: Owed, lang: str = "es", site: str = "") -> Letter:
    """What a region (or the country, 00) is told of a publication. `site`: address before each link; without it there are no links."""
    found = findings.of_region(edition, code, lang)
    at = Addresses(site, edition.number, lang)
    counts = _counts(found, due, edition.before is not None)
    news = sum(counts.values()) + len(found.signals) + len(found.checks) + len(found.revisions) + sum(f.fresh for f in found.moved)
    return Letter(
        lang=lang,
        subject=_subject(code, counts, edition.number, lang),
        title=t("{lugar}: qué dice la publicación N.º {n}", lang).format(lugar=formats.place(code, lang), n=edition.number),
        lead=_lead(edition, found, lang),
        # where nothing is new the sentence is all: the page has the rest
        sections=tuple(s for s in _sections(found, due, edition.before is not None, at) if s.items) if news else (),
        notes=_notes(found, lang),
        links=_links(code, at),
        label=_label(found, lang),
        news=news,
        data=digest_data.of(edition, found, due, at.region(code), lang),
    )


def _label(found: Findings, lang: str) -> str:
    if found.mixed:
        return t("Hay datos sintéticos de demostración entre estas cifras: van señalados y no se pueden citar.", lang)
    return t("Datos sintéticos de demostración: ninguna de estas cifras es real.", lang) if found.synthetic else ""


def _counts(found: Findings, due: Owed, with_before: bool) -> dict[str, int]:
    """What the subject counts: what the publication before did not say yet, and what is missing today."""
    new = {k: sum(f.fresh or not with_before for f in items) for k, items in (("empeora", found.worse), ("mejora", found.better))}
    return {**new, "falta": len(due.missing)}


def _subject(code: str, counts: dict[str, int], number: int, lang: str) -> str:
    """«Pasco: empeoró 1 indicador, faltan 3 entregas — SIEGEM N.º 12»."""
    words: dict[str, tuple[str, str]] = {
        "empeora": (t("empeoró 1 indicador", lang), t("empeoraron {n} indicadores", lang)),
        "mejora": (t("mejoró 1 indicador", lang), t("mejoraron {n} indicadores", lang)),
        "falta": (t("falta 1 entrega", lang), t("faltan {n} entregas", lang)),
    }
    if counts["empeora"]:
        words["mejora"] = (t("mejoró 1", lang), t("mejoraron {n}", lang))
    told = [(one if counts[k] == 1 else many).format(n=formats.number(counts[k], 0, lang)) for k, (one, many) in words.items() if counts[k]]
    what = ", ".join(told) or t("sin novedades", lang)
    return t("{lugar}: {que} — SIEGEM N.º {n}", lang).format(lugar=formats.place(code, lang), que=what, n=number)


def _lead(edition: Edition, found: Findings, lang: str) -> tuple[str, ...]:
    """How the region stands as its page says it, and what is new since the publication before."""
    card = edition.now.publication
    stands = headlines.of_region(list(found.pairs), formats.place(found.code, lang), lang)
    dated = t("Datos al {fecha}; publicado el {dia}.", lang).format(fecha=formats.day(card.datos_al, lang), dia=formats.day(card.creada_en, lang))
    if edition.before is None:
        return (stands, dated)
    changes = (*found.worse, *found.better, *found.moved)
    if found.signals or found.revisions or any(f.fresh for f in changes):
        new = t("Lo que no decía la publicación N.º {n} lleva la marca «nuevo».", lang).format(n=edition.before.number)
    else:
        new = t("Nada de esto cambió desde la publicación N.º {n}.", lang).format(n=edition.before.number)
    return (stands, new, dated)


def _sections(found: Findings, due: Owed, marked: bool, at: Addresses) -> Iterable[Section]:
    """`marked`: there is a publication before, so what is new is said to be."""
    lang = at.lang

    def changes(title: str, items: list[Finding], mark: str = "") -> Section:
        made = [_change(f, mark or f.row["cambio_estado"], marked, at) for f in items[:LISTED]]
        made = [_invented(i, f.sheet, found, lang) for i, f in zip(made, items, strict=False)]
        return Section(title, tuple(made), _rest(len(items) - len(made), lang))

    yield changes(t("Qué empeoró", lang), found.worse, "empeora")
    yield from owed_sections(due, found.code, at)
    checks = check_items(found.checks, found.code, at)
    older = _older(found.older_checks, lang)
    yield Section(
        t("Qué corregir en lo enviado", lang), tuple(checks[:LISTED]), " ".join(x for x in (_rest_of_checks(len(checks) - LISTED, lang), older) if x)
    )
    yield changes(t("Qué mejoró", lang), found.better, "mejora")
    signals = [_invented(_signal(f, marked, at), f.sheet, found, lang) for f in found.signals[:LISTED]]
    yield Section(t("Señales nuevas en sus series", lang), tuple(signals), _rest(len(found.signals) - len(signals), lang))
    yield changes(t("Qué más cambió", lang), found.moved)
    revised = [_invented(_revision(r, s, at), s, found, lang) for r, s in found.revisions[:LISTED]]
    yield Section(t("Cifras que se revisaron", lang), tuple(revised), _rest(len(found.revisions) - len(revised), lang))


def _change(found: Finding, mark: str, marked: bool, at: Addresses) -> Item:
    """A firm change as the matrix says it: value, change, verdict, and what it rests on."""
    row, sheet, lang = found.row, found.sheet, at.lang
    proof = sentences.evidence(row, sheet, lang)
    when = formats.period(row["periodo"], lang)
    text = f"{when}: {sentences.value(row, sheet, lang)}{f' ({proof})' if proof else ''}. {sentences.change(row, sheet, lang)}"
    return Item(sheet.text("short_name", lang), text, mark, marked and found.fresh, at.indicator(sheet.id, row["territorio"]))


def _signal(found: Finding, marked: bool, at: Addresses) -> Item:
    row, sheet, lang = found.row, found.sheet, at.lang
    meant = t("señal de deterioro", lang) if row["variacion"] == "deterioro" else t("señal de mejora", lang)
    told = f"{formats.period(row['periodo'], lang)}: {sentences.value(row, sheet, lang)}."
    told += f" {meant[0].upper()}{meant[1:]}: {region_changes.signal_words(row, lang)}."
    return Item(sheet.text("short_name", lang), told, "senal", marked and found.fresh, at.indicator(sheet.id, row["territorio"]))


def _revision(row: Row, sheet: Sheet, at: Addresses) -> Item:
    """«jul.–set. 2026: 61.0 % → 61.8 %. La región corrigió…»"""
    lang = at.lang
    sides = [_side(row, side, sheet, lang) for side in ("anterior", "nuevo")]
    text = f"{formats.period(row['periodo'], lang)}: {sides[0]} → {sides[1]}. {row['motivo']}"
    return Item(sheet.text("short_name", lang), text, "revision", False, at.indicator(sheet.id, row["territorio"]))


def _invented(item: Item, sheet: Sheet, found: Findings, lang: str) -> Item:
    """Beside real figures an invented one says that it is."""
    return replace(item, text=f"{item.text} {formats.notice('sintetico', lang)}.") if sheet.synthetic and found.mixed else item


def _side(row: Row, side: str, sheet: Sheet, lang: str) -> str:
    if formats.is_missing(row[f"valor_{side}"]):
        return sentences.reason({"estado": row[f"estado_{side}"] or "sin_registro", "n": None}, lang)
    return formats.with_unit(row[f"valor_{side}"], sheet.unit(lang), sheet.decimals, lang, short=True)


def _rest(more: int, lang: str) -> str:
    return "" if more <= 0 else t("y {n} más, en la página de la región.", lang).format(n=formats.number(more, 0, lang))


def _rest_of_checks(more: int, lang: str) -> str:
    return "" if more <= 0 else t("y {n} más, en «Entregas».", lang).format(n=formats.number(more, 0, lang))


def _older(count: int, lang: str) -> str:
    if not count:
        return ""
    rules = formats.plural(count, t("observación anterior", lang), t("observaciones anteriores", lang), lang)
    return t("Sin corregir quedan además {observaciones}, en «Entregas».", lang).format(observaciones=rules)


def _notes(found: Findings, lang: str) -> tuple[str, ...]:
    notes = [
        t("Solo se nombran cambios que la publicación llama concluyentes (o relevantes, en registros completos), ya descontado el azar de mirar muchos a la vez; lo demás no muestra diferencia concluyente.", lang),  # noqa: E501
        t("Se cuentan los indicadores públicos; la página interna puede mostrar más.", lang),
    ]  # fmt: skip
    if found.statements:
        said = formats.plural(found.statements, t("descargo", lang), t("descargos", lang), lang)
        notes.append(t("Junto a sus datos se muestran {descargos} de la región.", lang).format(descargos=said))
    return tuple(notes)


def _links(code: str, at: Addresses) -> tuple[tuple[str, str], ...]:
    if not at.site:
        return ()
    if code == COUNTRY:
        return ((t("Ver el resumen, tal como se publicó", at.lang), at.region(code)),)
    mend = t("Enviar lo que falta, corregir lo enviado o explicar un dato (descargo)", at.lang)
    return ((t("Ver la página de la región, tal como se publicó", at.lang), at.region(code)), (mend, at.desk_of(code)))
