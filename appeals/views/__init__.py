"""The pages of the room: one's own appeals, and those of the committees and the office."""
