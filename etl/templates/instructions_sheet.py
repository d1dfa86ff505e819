"""The sheet «Instrucciones»: what the template is for, until when, how each column is filled, what is looked at, what is not verified."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from etl.readers.raw import NOTHING_HAPPENED
from etl.templates.fields import Field
from etl.templates.styles import Styles
from warehouse.contracts import Contract

INSTRUCTIONS = "Instrucciones"
_HEADINGS = ("Columna", "¿Obligatoria?", "Qué es", "Cómo se escribe", "Valores", "Ejemplo")
_WIDTHS = (26, 14, 48, 38, 46, 26)
_LINE, _ALL = 15.5, sum(_WIDTHS)
#: values told one by one; longer lists are in the catalogue
_TOLD = 14
_SEVERITIES = {
    "bloqueante": "el archivo se rechaza", "error": "la fila queda en cuarentena", "advertencia": "la fila se usa y se anota",
    "informativa": "solo se informa",
}  # fmt: skip


class Guide:
    """Writes the sheet from top to bottom. `facts`: what is known of the place, label and text."""

    def __init__(self, book: Workbook, styles: Styles) -> None:
        self.sheet: Worksheet = book.add_worksheet(INSTRUCTIONS)
        self.styles, self.row = styles, 0
        self.sheet.hide_gridlines(2)
        self.sheet.set_tab_color("#1B2330")
        for at, width in enumerate(_WIDTHS):
            self.sheet.set_column(at, at, width)

    def line(self, text: str, style: str, height: float = 0) -> None:
        """A paragraph over the whole width."""
        self.sheet.merge_range(self.row, 0, self.row, len(_WIDTHS) - 1, "", self.styles[style])
        self.sheet.write_string(self.row, 0, text, self.styles[style])
        self.sheet.set_row(self.row, height or _LINE * _lines(text, _ALL))
        self.row += 1

    def section(self, title: str) -> None:
        """A heading, with air above."""
        self.row += 1
        self.line(title, "section", 22)

    def fact(self, label: str, text: str) -> None:
        """A label and what is known."""
        self.sheet.write_string(self.row, 0, label, self.styles["label"])
        self.sheet.merge_range(self.row, 1, self.row, len(_WIDTHS) - 1, "", self.styles["text"])
        self.sheet.write_string(self.row, 1, text, self.styles["text"])
        self.sheet.set_row(self.row, _LINE * _lines(text, _ALL - _WIDTHS[0]))
        self.row += 1

    def cells(self, texts: tuple[str, ...], styles: tuple[str, ...]) -> None:
        """A row of the table of columns."""
        for at, (text, style) in enumerate(zip(texts, styles, strict=True)):
            self.sheet.write_string(self.row, at, text, self.styles[style])
        self.sheet.set_row(self.row, 3 + _LINE * max(_lines(t, w) for t, w in zip(texts, _WIDTHS, strict=True)))
        self.row += 1


def write_instructions(
    book: Workbook, styles: Styles, contract: Contract, fields: tuple[Field, ...], title: tuple[str, str], facts: list[tuple[str, str]], today: date
) -> None:
    """The whole sheet. `title`: what it is, and for whom and when."""
    guide = Guide(book, styles)
    guide.line(title[0], "title", 30)
    guide.line(title[1], "subtitle", 20)
    if purpose := _purpose(contract):
        guide.line(purpose, "text")
    guide.row += 1
    for label, text in facts:
        guide.fact(label, text)
    guide.section("Cómo llenarla")
    for number, step in enumerate(_steps(facts, any(f.choices for f in fields)), start=1):
        guide.fact(f"Paso {number}", step)
    guide.section("Qué va en cada columna")
    guide.cells(_HEADINGS, ("heading",) * len(_HEADINGS))
    for field in fields:
        guide.cells(_field_cells(field), ("name", "yes" if field.required else "no", "cell", "cell", "cell", "code"))
    _write_rules(guide, contract)
    _write_doubts(guide, contract)
    guide.row += 1
    guide.line(
        f"Plantilla descargada el {today:%d-%m-%Y}, hecha del contrato {contract.contract} «{contract.table}», versión {contract.version}.", "text"
    )
    _print_setup(guide.sheet, contract)


def _steps(facts: list[tuple[str, str]], lists: bool) -> tuple[str, ...]:
    name = dict(facts)["Nombre del archivo"]
    return (
        "Llene solo la hoja «Datos», una fila por registro, desde la fila 2. No cambie los nombres de la primera fila ni combine celdas.",
        "Las columnas de cabecera oscura y en negrita son obligatorias; las de cabecera clara y en cursiva, opcionales. "
        "Si no tiene un dato opcional, deje la celda vacía: no escriba «NA», «s/d», guiones, ceros ni fechas de relleno. "
        "Una celda obligatoria que falta se ve rayada.",
        "Fechas: escríbalas como acostumbra su Excel y compruebe que la celda muestre año-mes-día (2026-10-05 es el 5 de octubre). "
        "Si muestra otra cosa, Excel entendió otra fecha.",
        "Números: sin separador de miles, sin «S/» y sin «%». Los códigos van como texto, así que conservan sus ceros iniciales.",
        *(("Donde hay lista, elija de la lista. Qué significa cada código está en la hoja «Catálogos».",) if lists else ()),
        f"Si en el periodo no hubo ningún caso, escriba {NOTHING_HAPPENED} en la celda A2 y deje lo demás vacío: así consta que no hubo.",
        "Si copia desde otro libro, use «Pegado especial > Valores»: así no se pierden las listas ni entran fórmulas.",
        f"Guarde el libro como .xlsx con el nombre {name} y entréguelo. "
        "El sistema dirá qué filas hay que corregir; corrija solo esas y envíe la versión siguiente (v2, v3…).",
    )


def _field_cells(field: Field) -> tuple[str, ...]:
    column = field.column
    what = _sentence(column.description) + (f"\nSin verificar: {column.unverified}" if column.unverified else "")
    return field.name, "Sí" if field.required else "No", what, field.how, _values(field), field.example


def _values(field: Field) -> str:
    codes = {c.code: c.meaning for c in field.choices}
    if len(codes) > _TOLD:
        return f"{len(codes):,} códigos; están en la lista y en «Catálogos»."
    return "\n".join(f"{code}: {meaning}" if meaning else code for code, meaning in codes.items())


def _write_rules(guide: Guide, contract: Contract) -> None:
    if not contract.rules:
        return
    guide.section("Qué revisa el sistema, además de la forma de cada columna")
    for rule in contract.rules:
        text = _plain(rule.sentence) + (f" {rule.body.remedio}" if rule.body.remedio else "")
        guide.fact(rule.id, f"{text} Si pasa: {_SEVERITIES[rule.severity]}.")


def _plain(sentence: str) -> str:
    """A rule's sentence with the names of the columns where the finding will have their values."""
    return re.sub(r"\{(\w+)\}", lambda m: "N" if m[1] == "fila" else f"[{m[1]}]", sentence.replace("«{", "{").replace("}»", "}"))


def _write_doubts(guide: Guide, contract: Contract) -> None:
    doubts = list(_doubts(contract))
    if doubts:
        guide.section("Lo que conviene saber")
    for label, text in doubts:
        guide.fact(label, text)


def _doubts(contract: Contract) -> Iterator[tuple[str, str]]:
    for rule in contract.rules:
        if rule.body.sin_verificar:
            yield "Sin verificar", f"Regla {rule.id}: {_sentence(rule.body.sin_verificar)}"
    for column in contract.columns:
        if column.unverified:
            yield "Sin verificar", f"Columna «{column.name}»: {_sentence(column.unverified)}"
    for caveat in contract.caveats:
        # that the demonstration is synthetic is no news for whoever sends real rows
        if "sintético" not in caveat.es:
            yield "Advertencia", caveat.es


def _purpose(contract: Contract) -> str:
    """What the table is for, without what the contract says of its demonstration."""
    sentences = re.split(r"(?<=\.)\s+(?=[A-ZÁÉÍÓÚÑ«])", " ".join(contract.purpose.split()))
    return " ".join(_sentence(s) for s in sentences if s and not re.search("sint[ée]tic|demostraci", s, re.IGNORECASE))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text.endswith((".", ":", "?", ")")) else text + "."


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column as wide as that many figures."""
    return sum(max(1, len(textwrap.wrap(line, int(width)))) for line in text.split("\n"))


def _print_setup(sheet: Worksheet, contract: Contract) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.set_footer(f"&L{contract.table}, versión {contract.version}&RPágina &P de &N")
