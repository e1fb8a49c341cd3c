"""Template filters that every app may load."""
