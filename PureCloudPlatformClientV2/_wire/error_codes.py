"""The codes by which the platform says why it refuses a request, and what to do about each.

The contract of the platform names none: each of its operations declares an ``ErrorBody`` for every
status, and no more. These are the codes that public programs for the platform know, and those of
the two standards whose errors have another shape.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class ErrorCode(NamedTuple):
    """What a code means."""

    status: str
    """The status that comes with it."""
    meaning: str
    """What it says about the request."""
    advice: str
    """What to do about it."""


_ASK_FOR_A_ROLE: Final = (
    "have an administrator give the OAuth client, or the user, a role with the permission, in the "
    "division of what is asked for, and sign in again"
)

_NOT_OURS: Final = (
    "it is not for the caller to mend; quote the correlation id in a ticket if it stays that way"
)

_SIGN_IN: Final = "sign in, or have the client do so: give it client_id and client_secret"

ERROR_CODES: Final[dict[str, ErrorCode]] = {
    "bad.request": ErrorCode(
        "400",
        "Something in the request is not as it should be, often a value of the wrong type.",
        "compare the body with the model that the method takes",
    ),
    "invalid.value": ErrorCode(
        "400",
        "A field has a value that is not one of those allowed; the message lists them.",
        "give one of the values that the message lists",
    ),
    "invalid.query.param.value": ErrorCode(
        "400",
        "The same for a parameter of the query.",
        "give one of the values that the message lists",
    ),
    "invalid.property": ErrorCode(
        "400",
        "The message names a property that the object has not.",
        "give a property that the object has, by its name on the wire",
    ),
    "invalid.date": ErrorCode(
        "400",
        "A date is not written as ISO 8601 has it.",
        "give a datetime, which is written in the right way",
    ),
    "constraint.validation": ErrorCode(
        "400",
        "A value is outside its limits, such as a length or a range.",
        "keep to the limit that the message tells",
    ),
    "response.entity.too.large": ErrorCode(
        "400",
        "The response would be over the size limit.",
        "ask for smaller pages (page_size), or expand less",
    ),
    "client.failed.request": ErrorCode(
        "400",
        "The request did not arrive whole.",
        "look at the network, and at proxies on the way",
    ),
    "queue.size.limit": ErrorCode(
        "400",
        "The queue would have more members than a queue may have.",
        "divide the members among several queues",
    ),
    "dnc.records.per.list.limit.exceeded": ErrorCode(
        "400",
        "The do-not-contact list is full.",
        "take another list, or remove what has expired",
    ),
    "dnc.source.operation.not.supported": ErrorCode(
        "400",
        "Numbers can be added to a do-not-contact list of the type Internal alone.",
        "take a list of that type",
    ),
    "authentication.required": ErrorCode("401", "The request has no access token.", _SIGN_IN),
    "bad.credentials": ErrorCode(
        "401",
        "The access token is unknown, or has expired. Those of another region are unknown.",
        f"{_SIGN_IN}, and look whether the host is that of the organization",
    ),
    "credentials.expired": ErrorCode("401", "The access token has expired.", _SIGN_IN),
    "missing.permissions": ErrorCode(
        "403",
        "The token lacks permissions that are all needed; the message lists them.",
        _ASK_FOR_A_ROLE,
    ),
    "missing.any.permissions": ErrorCode(
        "403",
        "The token has none of the permissions that would do; the message lists them.",
        _ASK_FOR_A_ROLE,
    ),
    "not.authorized": ErrorCode(
        "403",
        "The token does not permit this.",
        "compare its roles, divisions and scopes with what the method requires; whoami shows them",
    ),
    "not.found": ErrorCode(
        "404",
        "Nothing has this id, or nothing that the token may see.",
        "look whether the id is of this organization (see whoami), and whether it was deleted",
    ),
    "client.timeout": ErrorCode(
        "408", "The request did not arrive in time.", "look at the network, and send less at once"
    ),
    "general.conflict": ErrorCode(
        "409",
        "The request clashes with what is there, such as another object of that name, or a newer "
        "version.",
        "read it again; to change it, send the version that it has now",
    ),
    "request.entity.too.large": ErrorCode(
        "413",
        "The body is over the size limit; the message tells it.",
        "divide the body among several requests",
    ),
    "unsupported.media.type": ErrorCode(
        "415",
        "The body is not of a type that the operation takes.",
        "look at the Content-Type, if a header of your own sets one",
    ),
    "payload.or.params.invalid": ErrorCode(
        "422",
        "The body or a parameter can be read, and makes no sense to the service.",
        "compare both with what the method takes",
    ),
    "too.many.requests": ErrorCode(
        "429",
        "The rate limit is used up.",
        "wait as long as retry_after says, and share the limit between what runs side by side",
    ),
    "too.many.requests.retry.after": ErrorCode(
        "429", "The same, and the message says when to go on.", "wait as long as retry_after says"
    ),
    "internal.server.error": ErrorCode("500", "The platform has failed.", _NOT_OURS),
    "service.unavailable": ErrorCode("503", "The platform is out of reach for now.", _NOT_OURS),
    "request.timeout": ErrorCode(
        "504",
        "The platform has not answered itself in time; a write may have been carried out.",
        "ask for less at once",
    ),
    "authentication.request.timeout": ErrorCode(
        "504", "The platform has not checked the token in time.", _NOT_OURS
    ),
    "invalid_client": ErrorCode(
        "400, 401",
        "The login service knows no such OAuth client, or not with this secret.",
        "look whether id and secret are right, and of the region of the host",
    ),
    "invalid_grant": ErrorCode(
        "400",
        "The code, the refresh token or the assertion is unknown, used or has expired.",
        "sign in anew",
    ),
    "unauthorized_client": ErrorCode(
        "400",
        "The OAuth client may not sign in in this way.",
        "use a client that was made for this grant type",
    ),
    "invalid_scope": ErrorCode(
        "400",
        "A scope is unknown, or not one of the OAuth client.",
        "ask for scopes that the OAuth client has",
    ),
    "unsupported_grant_type": ErrorCode(
        "400",
        "The login service does not know this grant type.",
        "use one of the sign-in methods of the client",
    ),
    "invalid_request": ErrorCode(
        "400",
        "The login service misses something in the request.",
        "look at what was given for signing in",
    ),
    "uniqueness": ErrorCode(
        "409",
        "SCIM: another one has this value already.",
        "find the one that has it, and change that one",
    ),
    "mutability": ErrorCode(
        "400", "SCIM: this attribute cannot be changed.", "leave the attribute out"
    ),
    "invalidFilter": ErrorCode(
        "400",
        "SCIM: the filter cannot be read, or is not supported.",
        "filter by an attribute that may be filtered by",
    ),
    "invalidValue": ErrorCode(
        "400", "SCIM: a required value is missing, or does not fit.", "give a value that fits"
    ),
}
"""The codes by their names."""


def code_advice(code: str) -> str:
    """Tell what to do about a code; nothing about one that is unknown."""
    known = ERROR_CODES.get(code)
    return known.advice if known else ""
