"""The version of this package, stated once."""

__version__ = "1.0.0"
