"""The virtual set-top box: speaks the real protocols, shows real content."""
