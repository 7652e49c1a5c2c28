"""Set-based SQL of bank statements, matching and reconciliation: private to their services."""
