"""Registering a device: chosen step by step, tried at once, written at the end; by dialogue or by page."""
