"""Qualifies a rig: plays the sync pattern through it, and measures what became of picture and sound."""
