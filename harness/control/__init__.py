"""Remote controls: one protocol, chosen by URI (ADB, infrared)."""
