"""Synthetic deliveries of the 26 regional offices: the same bytes for the same seed, with errors on purpose. No figure is real.

A file for month M holds the cases that entered in M with their status at the cut-off date, as an office that exports its
whole register again would send it: old months are mostly resolved, recent ones mostly open.
The file's own date plays the date of arrival, in the month after M, so that late deliveries can be told from punctual ones.
"""

from etl.demonstration.deliveries import Summary, write, write_correction
from etl.demonstration.faults import FAULTS, LATE, MISSING, Fault

__all__ = ["FAULTS", "LATE", "MISSING", "Fault", "Summary", "write", "write_correction"]
