"""What is said of published values, and the parts of pages that say it. Reads what it is handed; asks nothing."""
