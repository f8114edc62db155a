"""Every figure and measure of the city, computed from a snapshot's tables: `steps.STEPS`, `collect.FIGURES`."""
