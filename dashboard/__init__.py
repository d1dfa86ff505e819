"""Comparative dashboards over publications, and over nothing else."""
