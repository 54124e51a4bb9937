"""Drives devices, records their HDMI output, finds playback defects, and reports them."""
