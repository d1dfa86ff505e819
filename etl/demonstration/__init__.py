"""Synthetic deliveries of a coherent country: the same bytes for the same seed, with errors on purpose. No figure is real.

A file for a period holds what entered the register in it with its state at the cut-off date, as an office that exports its
whole register again would send it. The file's own date plays the date of arrival, so that late deliveries can be told from
punctual ones. What is older than 2024 came as one file a year, all of it in January 2024.
"""

from etl.demonstration.arrivals import LATE, MISSING
from etl.demonstration.deliveries import Summary, write, write_correction
from etl.demonstration.fault_catalogue import Fault, faults

__all__ = ["LATE", "MISSING", "Fault", "Summary", "faults", "write", "write_correction"]
