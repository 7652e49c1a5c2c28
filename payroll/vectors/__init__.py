"""Published test figures: read from a file, worked out by the calculator, compared to the penny."""
