"""Detectors of synchronisation."""
