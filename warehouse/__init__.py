"""What is declared and what is stored. Knows no source, no formula and no screen; imports no other room."""
