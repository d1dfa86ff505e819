"""Brings regional management data from its sources to the accepted store: land, shape, check, accept."""
