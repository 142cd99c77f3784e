"""How a token is got, kept fresh, and shared by threads."""
