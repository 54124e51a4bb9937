"""What puts the parts together: sessions, file analysis, evidence, leases."""
