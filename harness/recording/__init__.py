"""Recordings: picture and sound in one file, exact times beside it."""
