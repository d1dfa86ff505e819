"""The desk (*mesa de partes*): what stands behind `/entregas`. Files come in by resumable upload and are judged by another process.

It runs within the web process, so nothing here imports Great Expectations or the judge when it is loaded (`trial` does, and only
the receiver loads it). Names that people type are recorded as declared: until there are accounts nobody's identity is proved.
"""
