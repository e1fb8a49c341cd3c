"""The demonstration: people in every state, their story told through the program's own actions. Never loaded unless asked for."""
