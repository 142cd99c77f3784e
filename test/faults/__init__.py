"""The transport against servers that reset, stall, truncate and lie."""
