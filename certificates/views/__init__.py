"""The pages about certificates: a person's own, the staff's, and those that everyone may read."""
