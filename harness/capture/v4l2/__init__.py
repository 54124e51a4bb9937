"""Capture cards behind Linux's video4linux2: on PCIe, on USB, and the kernel's own test card."""
