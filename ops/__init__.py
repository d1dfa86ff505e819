"""Starts everything: command line, chain, schedule, server. Imported by nobody."""
