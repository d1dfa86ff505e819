"""What rules may name of their own table besides the batch. Apart from `checks.rules`, so that naming them imports no engine."""

#: every accepted row as it would stand with the batch, and the rows it replaces
HISTORY, PREVIOUS = "historia", "version_anterior"
