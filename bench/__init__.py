"""How fast pages and jobs are, as ratios to floors that are measured in the same run: `make bench`."""
