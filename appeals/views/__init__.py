"""The pages of the app: one's own appeals, and those of the committees and the office."""
