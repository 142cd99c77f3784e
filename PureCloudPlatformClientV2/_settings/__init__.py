"""Where a setting comes from: code, profile, environment, file."""
