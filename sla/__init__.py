"""Service levels: measures, targets, clocks, ratings and their charts."""
