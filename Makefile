.PHONY: check format lint types test

check: lint types test

lint:
	ruff format --check .
	ruff check .

types:
	mypy

test:
	pytest tests/

format:
	ruff format .
	ruff check --fix .
