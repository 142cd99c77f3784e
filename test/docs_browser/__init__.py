"""The documentation, built and opened in a browser; see conftest.py."""
