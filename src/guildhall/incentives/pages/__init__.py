"""Pages of incentives: what somebody is entitled to and why, and claims from their first line to the money."""
