"""What rooms hand on: effects, verdicts, their intervals and errors, limits from the plan."""
