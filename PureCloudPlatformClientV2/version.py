"""The version of this package, stated once."""

__version__: str = "1.0.0"
