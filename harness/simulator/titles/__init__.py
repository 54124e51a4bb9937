"""What the virtual device can play."""
