"""The engine: shared views, triggers, explaining; the contract of a detector."""
