"""Where files come from, each kind in its own module; all give `etl.sources.received.Received` and judge nothing.

Folders: inbox, official, shipped. Declared sources (`etl/feeds/*.yml`) go through `feeds.collect`, which knows the kinds:
http and zip (plain), minem, mef, arcgis, kobo, sql, bcrp. What they share: feed (a declaration and its job), polite (how a
server is asked), incoming (raw bytes that are converted and not kept), validators (what has not changed), rows (CSV out).
"""
