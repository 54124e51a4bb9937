"""Detectors of picture and motion."""
