"""The shell that every page stands in: templates, charts, maps, words, numbers and answers to programs."""
