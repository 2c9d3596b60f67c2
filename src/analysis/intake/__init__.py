"""From the files that a program has to the canonical tables, by a map that a person fills in."""
