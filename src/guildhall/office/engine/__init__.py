"""Pure parts of the office."""
