"""The detectors, one defect a file; the list below is the whole list."""
