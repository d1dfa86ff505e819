"""Writes `reports/fonts/`: the site's type as three static faces, which is what a typesetter of PDF reads (it opens neither woff2 nor variable type).

Run by hand when the type of `assets/fonts` changes, in an environment with `pip install fonttools brotli`; the project does not need them.
The faces are called «Siegem Sans»: the licence of the original (OFL, beside them) reserves its name for the unmodified type.
"""

from __future__ import annotations

from pathlib import Path

DASHBOARD = Path(__file__).resolve().parent.parent
SOURCE = DASHBOARD / "assets" / "fonts" / "source-sans-3-latin-wght-normal.woff2"
TARGET = DASHBOARD / "reports" / "fonts"
FAMILY = "Siegem Sans"
WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}


def write() -> None:
    """The three faces, the same bytes each time."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    for weight, style in WEIGHTS.items():
        face = instantiateVariableFont(TTFont(SOURCE, recalcTimestamp=False), {"wght": weight}, inplace=True)
        names = {1: FAMILY, 2: style, 4: f"{FAMILY} {style}", 6: f"SiegemSans-{style}", 16: FAMILY, 17: style}
        for record in list(face["name"].names):
            if record.nameID not in (0, 5, 13, 14):
                face["name"].removeNames(nameID=record.nameID)
        for place, told in names.items():
            face["name"].setName(told, place, 3, 1, 0x409)
        face["OS/2"].usWeightClass = weight
        face["head"].macStyle = 1 if weight == 700 else 0
        face["OS/2"].fsSelection = 0x20 if weight == 700 else 0x40
        face.flavor = None
        face.save(TARGET / f"siegem-sans-{weight}.ttf")


if __name__ == "__main__":
    write()
