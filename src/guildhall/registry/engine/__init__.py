"""What is computed of people and places: `figures.FIGURES`; `levels.levels_at`, `stocks.by_residence`, `stocks.by_workplace` and
`places.territory` for other engines; `townships.read_townships` and `identity.check_numbers` for imports and loads;
`roster.read_roster` and `feeds.read_feed` for files of employers and other authorities."""
