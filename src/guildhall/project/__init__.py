"""Settings, addresses and the server's entry: hangs the doors of the domains and holds no logic."""
