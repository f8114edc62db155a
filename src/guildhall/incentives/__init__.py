"""Subsidies, tax relief and claims: from entitlement to payment."""
