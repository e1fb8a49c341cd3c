"""The pages that read every room: the public ones, the candidate's home, the office."""
