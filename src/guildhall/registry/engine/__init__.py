"""What is computed of people and places: `figures.FIGURES`; `levels.levels_at`, `stocks.by_residence`, `stocks.by_workplace` and
`places.territory` for other engines; `townships.read_townships` and `identity.check_numbers` for imports and loads;
`roster.open_roster` and `feeds.open_feed` for files of employers and other authorities."""
