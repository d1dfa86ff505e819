"""The plain public site: every page a function that gives whole HTML, readable without scripts, served or written as files."""
