"""What the virtual device shows: drawn by us, legible from a sofa."""
