"""One module for each kind of source; each gives `etl.received.Received` and judges nothing."""
