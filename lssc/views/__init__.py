"""The pages that read every app: the public ones, the candidate's home, the office."""
