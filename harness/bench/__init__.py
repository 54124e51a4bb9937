"""The benchmark: every defect planted in clean media and looked for; what is clean must stay clean."""
