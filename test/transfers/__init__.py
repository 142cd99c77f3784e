"""Downloads and uploads, of whole files and broken ones."""
