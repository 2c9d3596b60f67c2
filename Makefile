# Aliases only: run.py does the work. STUDY=name chooses config/studies/name.yaml.
PYTHON ?= python3
STUDY ?= example
export STUDY

.PHONY: report check register test lint benchmark notebook clean help
report check register clean:
	@$(PYTHON) run.py $@
test:  # ROOM=claims runs the tests of one room
	@$(PYTHON) run.py test $(if $(ROOM),tests/unit/$(ROOM))
lint benchmark notebook:
	@$(PYTHON) run.py $@
help:
	@$(PYTHON) run.py --help
.DEFAULT_GOAL := help
