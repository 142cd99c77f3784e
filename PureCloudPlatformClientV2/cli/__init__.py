"""The command line: every API method from a shell. Needs the extra ``[cli]``."""

PROGRAM = "PureCloudPlatformClientV2"
"""The name of the console script."""
