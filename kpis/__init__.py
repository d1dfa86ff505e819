"""From accepted data to published indicators: facts, definitions, compile, compute, judge, publish."""
