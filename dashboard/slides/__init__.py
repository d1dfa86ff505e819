"""Slides of the forum as a PPTX whose charts, tables and maps can be edited: `file.deck` gives its bytes. See `docs/laminas.md`."""
