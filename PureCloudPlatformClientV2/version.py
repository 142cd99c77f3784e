"""The version of this package, stated once."""

__version__: str = "1!2.0.0"
