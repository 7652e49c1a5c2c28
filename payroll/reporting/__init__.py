"""What HMRC is told, as text: it knows figures and no tables."""
