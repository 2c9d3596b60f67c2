"""What the verbs of ``python -m analysis`` do; each module is one verb with its ``run``."""
