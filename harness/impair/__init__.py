"""Plants named defects in clean media, with the ground truth."""
