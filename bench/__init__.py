"""Speed and memory, side by side with named peers and physical limits: `make bench`."""
