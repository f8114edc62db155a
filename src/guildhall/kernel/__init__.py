"""What every storey stands on: values, tables and runs. Knows nothing of any particular city."""
