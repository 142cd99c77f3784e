"""Python values to what is sent, and what came to Python values; knows no connection."""
