"""The pages of this app: the candidate's, the evaluators', and the office's."""
