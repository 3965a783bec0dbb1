"""What Checkov loads as external checks."""
