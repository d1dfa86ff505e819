"""An empty presentation of the house: 16:9, its colours and letters in the theme, one layout with a title. What is added later looks the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Pt

from dashboard.slides import look

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
#: slots of the theme -> colour
_SLOTS = {
    "dk1": look.INK, "lt1": look.SURFACE, "dk2": look.INK_2, "lt2": look.PAPER, "accent1": look.STRONG, "accent2": look.COPPER,
    "accent3": look.BETTER, "accent4": look.WORSE, "accent5": look.MAP[3], "accent6": look.CONTEXT, "hlink": look.COPPER, "folHlink": look.INK_3,
}  # fmt: skip
_TITLE_ONLY = "Title Only"


def empty(title: str, language: str, made: datetime) -> Any:
    """`made` is the only date in it: the same deck has the same bytes on any day."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(look.WIDTH), Pt(look.HEIGHT)
    _themed(deck)
    layout = _one_layout(deck)
    _placed(deck.slide_master)
    _placed(layout)
    layout.name = "SIEGEM"
    about = deck.core_properties
    about.title, about.author, about.last_modified_by, about.language = title, "SIEGEM", "SIEGEM", language
    about.subject, about.keywords, about.comments, about.category, about.revision = title, "", "", "", 1
    about.created = about.modified = about.last_printed = made.astimezone(UTC).replace(tzinfo=None, microsecond=0) if made.tzinfo else made
    return deck


def _themed(deck: Any) -> None:
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    tree = etree.fromstring(part.blob)
    tree.set("name", "SIEGEM")
    for slot, color in _SLOTS.items():
        found = tree.find(f".//{{{_A}}}clrScheme/{{{_A}}}{slot}")
        for old in list(found):
            found.remove(old)
        etree.SubElement(found, f"{{{_A}}}srgbClr", val=color)
    for latin in tree.iterfind(f".//{{{_A}}}fontScheme/*/{{{_A}}}latin"):
        latin.set("typeface", look.FONT)
    part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _one_layout(deck: Any) -> Any:
    kept = next(x for x in deck.slide_layouts if x.name == _TITLE_ONLY)
    for other in [x for x in deck.slide_layouts if x.name != _TITLE_ONLY]:
        deck.slide_layouts.remove(other)
    return kept


def _placed(master: Any) -> None:
    """The title where slides have it; no place for date and number, which slides write themselves; paper behind."""
    fill = master.background.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(look.PAPER)
    for shape in list(master.placeholders):
        kind = shape.placeholder_format.type
        if "TITLE" in str(kind):
            shape.left, shape.top, shape.width, shape.height = (Pt(v) for v in (look.LEFT, look.TITLE_TOP, look.RIGHT - look.LEFT, 84))
        else:
            shape._element.getparent().remove(shape._element)
