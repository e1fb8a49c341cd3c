"""Sets one machine up and looks after what runs on it; standard library only, so that it works before anything is installed."""
