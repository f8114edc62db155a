"""What a skill is worth beside other proofs of it: recognition between levels, titles and schooling."""
