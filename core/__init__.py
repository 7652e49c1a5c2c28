"""No tables and no domain words: what every app above may rely on."""
