"""What operations do that are of no common shape; a module for each topic registers its own."""

from . import apps, google, recipients, whatsapp
from .registry import BEHAVIORS, Answer, Served, behavior

__all__ = [
    "BEHAVIORS",
    "Answer",
    "Served",
    "apps",
    "behavior",
    "google",
    "recipients",
    "whatsapp",
]
