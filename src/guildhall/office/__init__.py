"""What every desk of the office shares: the vault for personal data, who is looking, and bulk access to the database."""
