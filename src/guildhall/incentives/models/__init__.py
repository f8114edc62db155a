"""Rows of incentives: the way of a claim, and what the rules read that no other domain keeps."""
