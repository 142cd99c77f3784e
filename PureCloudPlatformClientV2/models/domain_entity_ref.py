"""A pointer to an entity, by the name that today's platform has for it."""

from .uri_reference import UriReference


class DomainEntityRef(UriReference):
    """A pointer to an entity that is kept elsewhere on the platform, such as a user.

    The platform of 2019 called the same thing ``UriReference``; either will do where one is asked
    for.
    """
