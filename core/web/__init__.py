"""What pages share: forms, and later the edges of requests."""
