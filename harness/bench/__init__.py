"""The benchmark: what detectors are held to."""
