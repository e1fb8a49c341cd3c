"""The pages of this room: the candidate's, the evaluators', and the office's."""
