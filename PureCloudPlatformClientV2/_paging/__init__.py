"""How a listing is walked: what is called, what a page says, and where the next one is."""
