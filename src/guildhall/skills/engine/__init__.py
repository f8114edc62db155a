"""The classification of occupations: `classification.read_classification` gives a `Classification` of `Node`s."""
