"""Where documents are, and how they look on the wire."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from ..clock import wire_date
from ..credentials import fingerprint
from ..staff import QUEUES, SKILLS, USERS, user_to_wire
from ..state import State
from ..store.documents import Document
from . import contract
from .caller import Caller
from .contract import Schema

_MESSAGING = ("/api/v2/conversations/messaging/", "/api/v2/messaging/")
"""The beginnings of paths behind which the same things are."""
_OTHERS = (
    *("/api/v2/routing/", "/api/v2/responsemanagement/"),
    *("/api/v2/users", "/api/v2/authorization/divisions"),
)
FAMILIES = (*_MESSAGING, *_OTHERS)
"""The beginnings of the paths of what is of a common shape."""
_ROOT = "/api/v2/"

NUMBERS = "routing/sms/phonenumbers"
"""The collection of the phone numbers, which are integrations of SMS."""

DIVISIONS = "authorization/divisions"
"""The collection of the divisions, one of which is home."""

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "settings": {"name": "Default"},
    "supportedcontent": {
        "name": "Default",
        "mediaTypes": {
            "allow": {
                "inbound": [{"type": "*/*"}],
                "outbound": [{"type": f"image/{one}"} for one in ("jpeg", "png", "gif")],
            }
        },
    },
    "threadingtimeline": {"settings": [], "defaultTimeoutMinutes": 72 * 60},
    DIVISIONS: {"name": "Home", "description": "Where everything is that is in no other division"},
}
"""What an organization has by itself."""

REFERENCES = {"supportedContent": "supportedcontent", "messagingSetting": "settings"}
"""The fields that refer to a document, and its collection."""

_DIVIDED = (QUEUES, SKILLS, USERS)
"""The collections of what is in a division."""

SINGLETONS = "identityresolution/"
"""What begins the collections of what every document of another collection has one of."""

CHOSEN = "chosen defaults"
"""The collection of what was chosen, by the collection that it is chosen from."""

_OPEN_EXTENSIONS = {
    "integrations/open": "None",
    "integrations/open/extensions/googlebusinessprofile": "GoogleBusinessProfile",
}
"""What extends an open integration, by its collection."""

_STATUSES = {"Initiated": "Inactive", "Completed": "Active", "Error": "Error"}
"""The status of an integration, by how far its creation is."""

_PROGRESS_OF_NUMBERS = {
    "Initiated": ("INITIATED", "Running"),
    "Completed": ("ACTIVE", "Completed"),
    "Error": ("INVALID", "Failed"),
}
"""The status of a phone number and of its provisioning, by how far its creation is."""

_EMPTY: Mapping[str | None, Any] = {"array": [], "boolean": False, "object": {}, "integer": 0}
"""What a required field has that nothing was said of, by type."""

_KEPT_ELSEWHERE = {
    "integrations/whatsapp/embeddedsignup": "integrations/whatsapp",
    "integrations/open/extensions/googlebusinessprofile/tokens": "googlebusinessprofile/tokens",
    "routing/sms/phonenumbers/alphanumeric": "routing/sms/phonenumbers",
    "routing/sms/phonenumbers/import": "routing/sms/phonenumbers",
    "responsemanagement/libraries/query": "responsemanagement/libraries",
    "responsemanagement/responses/query": "responsemanagement/responses",
    "users/me": USERS,
}
"""The collections whose documents are in another one, by the name that their path gives."""


class Place(NamedTuple):
    """Where documents of an operation are."""

    base: str
    """The path of the collection."""
    collection: str

    @classmethod
    def of(cls, path: str) -> Place:
        """Find the collection of a path."""
        base = path.removesuffix("/default").removesuffix("/home").partition("/{")[0]
        family = next((one for one in _MESSAGING if base.startswith(one)), _ROOT)
        collection = base.removeprefix(family)
        kept = _KEPT_ELSEWHERE.get(collection, collection)
        base = f"{family}{kept}"
        if SINGLETONS in kept:
            kept = SINGLETONS + kept.replace(SINGLETONS, "")
        return cls(base, kept)

    @classmethod
    def named(cls, collection: str) -> Place:
        """Find a collection under today's path."""
        others = tuple(one.removeprefix(_ROOT) for one in _OTHERS)
        family = _ROOT if collection.startswith(others) else _MESSAGING[0]
        return cls(f"{family}{collection}", collection)

    @property
    def owner(self) -> Place:
        """Where those are that each have one of this."""
        return Place(self.base.replace(SINGLETONS, ""), self.collection.removeprefix(SINGLETONS))


Maker = TypeVar("Maker", bound=Callable[..., Any])

_MADE: dict[tuple[str, str], Callable[[Document, Caller], Any]] = {}
_ON_DEMAND: set[tuple[str, str]] = set()


def field(collection: str, name: str, *, on_demand: bool = False) -> Callable[[Maker], Maker]:
    """Let a function tell a field of the documents of a collection, which is not kept in them.

    One on demand is there only if it is to be expanded.
    """

    def register(make: Maker) -> Maker:
        _MADE[collection, name] = make
        if on_demand:
            _ON_DEMAND.add((collection, name))
        return make

    return register


def references(collection: str) -> Mapping[str, str]:
    """Tell the fields that refer to a document, and its collection, for those of a collection."""
    return {**REFERENCES, "division": DIVISIONS} if collection in _DIVIDED else REFERENCES


def to_wire(
    document: Document,
    definition: str,
    place: Place,
    caller: Caller,
    expand: Collection[str] = (),
    only: Collection[str] | None = None,
    left_out: Collection[str] = (),
) -> dict[str, Any]:
    """Build the JSON object of a document, with the fields that its definition has.

    What is to expand is there as a whole: what a reference is to, and the identity resolution. With
    ``only``, there are no other fields than these.
    """
    wire: dict[str, Any] = {}
    referring = references(place.collection)
    for name, schema in contract.properties(definition).items():
        if name in left_out or (only is not None and name not in only):
            continue
        if name not in expand and (place.collection, name) in _ON_DEMAND:
            continue
        if name in referring:
            there, whole = Place.named(referring[name]), name in expand
            wire[name] = _reference(document.fields.get(name), there, schema, caller, whole=whole)
        else:
            wire[name] = _told(name, schema, document, place, caller)
        if wire[name] is None and name in contract.required(definition):
            # What the messengers would have told, such as a page's app.
            invented = digits(f"{name} of {document.id}")
            wire[name] = _EMPTY.get(schema.get("type"), invented)
    if "identityresolution" in expand and place.collection in _identities():
        wire["identityResolution"] = _identity(document, place, caller)
    return {name: value for name, value in wire.items() if value is not None}


def _told(name: str, schema: Schema, document: Document, place: Place, caller: Caller) -> Any:
    """Tell what a field has: what only the service sets, or else what was said."""
    match name:
        case "id":
            return document.id
        case "version":
            return str(document.version) if schema["type"] == "string" else document.version
        case "dateCreated":
            return wire_date(document.created)
        case "dateModified":
            return wire_date(document.modified)
        case "createdBy":
            return _user(document.created_by, schema)
        case "modifiedBy" | "updatedBy":
            return _user(document.modified_by, schema)
        case "selfUri":
            return self_uri(document, place)
        case "recipient":
            return recipient_of(document)
        case "messengerType":
            return messenger_of(place.collection)
        case "openExtensionType":
            return _OPEN_EXTENSIONS.get(place.collection)
        case "webhookUri":
            return caller.host + webhook_path(document.id)
        case "status":
            return status_of(document, caller.state)
        case "createStatus" | "createError" | "phoneNumberStatus" | "provisioningStatus":
            return progress_of(document, caller.state).get(name)
        case _:
            make = _MADE.get((place.collection, name))
            return document.fields.get(name) if make is None else make(document, caller)


def progress_of(document: Document, state: State) -> dict[str, Any]:
    """Tell how far the creation of a document is, in the fields of all kinds."""
    created = create_status_of(document, state)
    number_status, provisioning = _PROGRESS_OF_NUMBERS[created]
    return {
        "createStatus": created,
        "createError": document.create_error or None,
        "phoneNumberStatus": number_status,
        "provisioningStatus": {"action": "Create", "state": provisioning},
    }


def create_status_of(document: Document, state: State) -> str:
    """Tell how far the creation of a document is: what was said, or else as time and reads go."""
    if document.create_status is not None:
        return document.create_status
    settings = state.settings
    is_time = state.clock() >= document.created + settings.creation_time
    return "Completed" if is_time and document.reads >= settings.creation_reads else "Initiated"


def status_of(document: Document, state: State) -> str:
    """Tell the status of an integration: what was said, or else what follows from its creation."""
    said: str | None = document.fields.get("status")
    return said or _STATUSES[create_status_of(document, state)]


def messenger_of(collection: str) -> str:
    """Tell the kind of the integrations in a collection."""
    if collection == NUMBERS:
        return "sms"
    return collection.removeprefix("integrations/").partition("/")[0]


def webhook_path(integration_id: str) -> str:
    """Address the webhook of a LINE integration."""
    return f"/webhooks/line/{quote(integration_id, safe='')}"


def recipient_of(document: Document) -> dict[str, Any]:
    """Build the reference to an integration's recipient, which is there as long as it is."""
    recipient_id = str(uuid5(NAMESPACE_URL, f"recipient of {document.id}"))
    path = f"/api/v2/routing/message/recipients/{recipient_id}"
    return {"id": recipient_id, "name": name_of(document), "selfUri": path}


def name_of(document: Document) -> str:
    """Tell what a document is called: a phone number may be its own name."""
    name: str = document.fields.get("name") or document.fields.get("phoneNumber") or ""
    return name


def _user(name: str, schema: Schema) -> dict[str, Any] | str:
    if schema.get("type") == "string":
        return user_to_wire(name)["id"]
    is_whole = "version" in contract.required(contract.definition_of(schema) or "")
    return {**user_to_wire(name), "version": 1} if is_whole else user_to_wire(name)


def reference_to(document: Document, place: Place) -> dict[str, Any]:
    """Build the reference to a document."""
    return {
        "id": document.id,
        "name": document.fields.get("name", ""),
        "selfUri": self_uri(document, place),
    }


def self_uri(document: Document, place: Place) -> str:
    """Address a document."""
    return f"{place.base}/{quote(document.id, safe='')}"


def _reference(
    given: Any, place: Place, schema: Schema, caller: Caller, *, whole: bool
) -> dict[str, Any] | None:
    document = referred(given, place.collection, caller)
    if document is None:
        return None
    if whole:
        return to_wire(document, contract.definition_of(schema) or "", place, caller)
    return reference_to(document, place)


def _identity(document: Document, place: Place, caller: Caller) -> dict[str, Any]:
    operation = _identities()[place.collection]
    there = Place.of(operation.path)
    found = singleton(there, document.id, caller)
    return to_wire(found, operation.result or "", there, caller)


@cache
def _identities() -> Mapping[str, contract.Operation]:
    """The operations that read an identity resolution, by the collection that it is for."""
    return {
        Place.of(one.path).owner.collection: one
        for one in contract.operations()
        if SINGLETONS in one.path and one.verb == "GET"
    }


def singleton(place: Place, owner_id: str | None, caller: Caller) -> Document:
    """Find what an integration, or without one the organization, has one of."""
    own_id = str(uuid5(NAMESPACE_URL, f"{caller.organization_id}/{place.collection}"))
    document_id = own_id if owner_id is None else owner_id
    documents = caller.state.store.documents
    found = documents.find(caller.organization_id, place.collection, document_id)
    if found is not None:
        return found
    now, by = caller.state.clock(), "Sandbox"
    return Document(document_id, dict(DEFAULTS.get(place.collection, {})), now, now, by, by)


def is_visible(document: Document, state: State) -> bool:
    """Tell whether those who read see a document already, or still."""
    delay, now = state.settings.consistency_delay, state.clock()
    if document.deleted is not None:
        return now < document.deleted + delay
    return now >= document.created + delay


def referred(given: Any, collection: str, caller: Caller) -> Document | None:
    """Find the document that a reference is to; that of no reference is the default."""
    if given:
        documents = caller.state.store.documents
        found = documents.find(caller.organization_id, collection, given.get("id", ""))
        return found if found is not None and found.deleted is None else None
    if collection not in caller.defaults:
        caller.defaults[collection] = default(collection, caller.organization_id, caller.state)
    return caller.defaults[collection]


def default(collection: str, organization_id: str, state: State) -> Document | None:
    """Find the document that is an organization's default; the built-in one if none is chosen."""
    documents = state.store.documents
    own_id = str(uuid5(NAMESPACE_URL, f"{organization_id}/{collection}/default"))
    with state.store.transaction():
        note = documents.find(organization_id, CHOSEN, collection)
        if note is not None:
            chosen: str = note.fields["chosen"]
            found = documents.find(organization_id, collection, chosen) if chosen else None
            if found is not None or not chosen:
                return found
        found = documents.find(organization_id, collection, own_id)
        if found is None:
            now, owner = state.clock(), "Sandbox"
            found = Document(own_id, dict(DEFAULTS[collection]), now, now, owner, owner)
            documents.add(organization_id, collection, found)
        return found


def digits(seed: str) -> str:
    """Derive a number such as the messengers give to pages and accounts."""
    return str(10**14 + int(fingerprint("number of " + seed)[:12], 16) % 10**14)
