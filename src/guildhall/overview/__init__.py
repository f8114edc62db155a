"""The city page, district and park pages, and every figure, collected from what the domains export."""
