"""The pages of renewals: the holder's, and the office's."""
