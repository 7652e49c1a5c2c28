"""Pay of many people at once: from the tables to the calculator and back, by statements."""
