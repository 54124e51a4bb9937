"""How each kind of control is found on this machine: one module a way of looking."""
