"""The other ends of the wires that controls drive, each written from its published protocol."""
