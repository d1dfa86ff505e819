"""Published statistical methods as pure, vectorised arithmetic: numbers in, numpy arrays out. No I/O, and nothing of the project is imported here."""
