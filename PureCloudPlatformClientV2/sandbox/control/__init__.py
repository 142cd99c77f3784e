"""The control API: what a test does to a sandbox that runs in another process."""

from . import clock, credentials, faults, integrations, organizations, requests
from .blueprint import control

__all__ = ["clock", "control", "credentials", "faults", "integrations", "organizations", "requests"]
