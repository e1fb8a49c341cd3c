"""Template filters that every room may load."""
