"""Capture sources: one protocol, chosen by URI (virtual card, file)."""
