"""Renders run.json to the release page."""
