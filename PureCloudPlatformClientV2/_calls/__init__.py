"""How calls are made and sent: what ``ApiClient`` loads with the first one."""
