"""Guildhall (匠城): the open system that runs a development-oriented city for industrial workers."""

__version__ = "0.1.0"
