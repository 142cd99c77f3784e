"""Queues with their members, users with their skills."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote

from flask import request

from ...clock import wire_date
from ...errors import Problem, invalid
from ...staff import QUEUES, SKILLS, USERS, members, skills
from ...state import current_state
from ...store.documents import Document
from .. import queries, shapes
from ..caller import Caller, current_caller
from ..contract import Operation
from ..wire import DIVISIONS, Place, field, self_uri, to_wire
from .registry import Answer, behavior

_QUEUES, _SKILLS, _USERS = map(Place.named, (QUEUES, SKILLS, USERS))

Wire = dict[str, Any]


@behavior("postRoutingSkills")
@behavior("postUsers")
def create_in_division(operation: Operation) -> Answer:
    """Make something in a division that there is."""
    body = shapes.body_of(operation)
    division_id = body.pop("divisionId", None)
    if division_id is not None:
        if not shapes.has(Place.named(DIVISIONS), division_id):
            raise _names_nothing("divisionId")
        body["division"] = {"id": division_id}
    return shapes.create_document(operation, body=body)


# Members of queues


@behavior("getRoutingQueueMembers")
def list_members(operation: Operation, queue_id: str) -> Answer:
    """Give a page of the users who serve a queue."""
    base = f"{self_uri(shapes.own(_QUEUES, queue_id, reads=True), _QUEUES)}/members"
    caller, view = current_caller(), shapes.View(operation, "User")
    wanted, by = queries.filters(operation), queries.sorted_by(operation)
    fields = {one.field for one in wanted}
    found = [
        (one, user)
        for one, user in _related(caller, members(queue_id), USERS)
        if not wanted or queries.fits(_told_by(one, user, caller, fields), wanted)
    ]
    if by:
        found.sort(key=lambda both: both[1].fields["name"].casefold())
    if queries.is_descending():
        found.reverse()
    return shapes.page(
        operation, base, found, lambda both: _member(*both, base, view(both[1], _USERS))
    )


@behavior("postRoutingQueueMembers")
def change_members(operation: Operation, queue_id: str) -> Answer:
    """Let users serve a queue, or with ``delete`` no more."""
    leaving = request.args.get("delete", "").casefold() == "true"
    with current_state().store.transaction():  # so that a listing has all of them, or none
        shapes.own(_QUEUES, queue_id)
        given = [one.get("id", "") for one in shapes.bodies_of(operation)]
        known = [shapes.has(_USERS, one) for one in given]
        if not all(known):
            raise _names_nothing(f"{known.index(False)}.id")
        for user_id in given:
            if leaving:
                _forget(members(queue_id), user_id)
            else:
                _relate(members(queue_id), user_id, {"joined": True})
    return None, operation.status


@behavior("patchRoutingQueueMember")
def change_member(operation: Operation, queue_id: str, user_id: str) -> Answer:
    """Let a member join the queue, or stay away from it for a while."""
    with current_state().store.transaction():  # so that the member does not leave meanwhile
        shapes.own(_QUEUES, queue_id)
        member = _relation(members(queue_id), user_id, operation)
        joined = shapes.body_of(operation).get("joined", member.fields["joined"])
        _relate(members(queue_id), user_id, {"joined": joined})
    return None, operation.status


@behavior("deleteRoutingQueueMember")
def remove_member(operation: Operation, queue_id: str, user_id: str) -> Answer:
    """Let a user serve a queue no more."""
    shapes.own(_QUEUES, queue_id)
    _relation(members(queue_id), user_id, operation)
    _forget(members(queue_id), user_id)
    return None, operation.status


@field(QUEUES, "memberCount")
@field(QUEUES, "userMemberCount")
def _member_count(queue: Document, caller: Caller) -> int:
    documents, collection = caller.state.store.documents, members(queue.id)
    _, total = documents.page(caller.organization_id, collection, limit=0, offset=0)
    return total


@field(QUEUES, "joinedMemberCount")
def _joined_member_count(queue: Document, caller: Caller) -> int:
    found = caller.state.store.documents.all(caller.organization_id, members(queue.id))
    return sum(1 for _, member in found if member.fields["joined"])


def _member(member: Document, user: Document, base: str, shown: Wire) -> Wire:
    joined = member.fields["joined"]
    status = {"routingStatus": shown["routingStatus"]} if "routingStatus" in shown else {}
    return {
        "id": user.id,
        "name": user.fields["name"],
        "user": shown,
        "ringNumber": 1,
        "joined": joined,
        "memberBy": "user",
        **status,
        "selfUri": f"{base}/{quote(user.id, safe='')}",
    }


def _told_by(member: Document, user: Document, caller: Caller, fields: Collection[str]) -> Wire:
    """Tell what a member is looked for by."""
    wire = to_wire(user, "User", _USERS, caller, expand=fields, only=fields)
    return {**wire, **member.fields, "memberBy": "user"}


# Skills of users


@behavior("getUserRoutingskills")
def list_skills(operation: Operation, user_id: str) -> Answer:
    """Give a page of what a user can."""
    base = f"{self_uri(shapes.own(_USERS, user_id, reads=True), _USERS)}/routingskills"
    found = list(_related(current_caller(), skills(user_id), SKILLS))
    if queries.sorted_by(operation):
        found.sort(
            key=lambda both: both[1].fields["name"].casefold(), reverse=queries.is_descending()
        )
    return shapes.page(operation, base, found, lambda both: _skill(*both, base))


@behavior("postUserRoutingskills")
def add_skill(operation: Operation, user_id: str) -> Answer:
    """Let a user have a skill that there is."""
    user, body = shapes.own(_USERS, user_id), shapes.body_of(operation)
    if not shapes.has(_SKILLS, body["id"]):
        raise _names_nothing("id")
    return _set_skill(user, body["id"], body["proficiency"])


@behavior("putUserRoutingskill")
def change_skill(operation: Operation, user_id: str, skill_id: str) -> Answer:
    """Change how good a user is at something."""
    with current_state().store.transaction():  # so that nobody takes the skill meanwhile
        user = shapes.own(_USERS, user_id)
        before = _relation(skills(user_id), skill_id, operation)
        proficiency = shapes.body_of(operation).get("proficiency", before.fields["proficiency"])
        return _set_skill(user, skill_id, proficiency)


@behavior("deleteUserRoutingskill")
def remove_skill(operation: Operation, user_id: str, skill_id: str) -> Answer:
    """Take a skill from a user."""
    shapes.own(_USERS, user_id)
    _relation(skills(user_id), skill_id, operation)
    _forget(skills(user_id), skill_id)
    return None, operation.status


@field(USERS, "skills", on_demand=True)
def _skills_of_user(user: Document, caller: Caller) -> list[Wire]:
    base = f"{self_uri(user, _USERS)}/routingskills"
    return [_skill(*both, base) for both in _related(caller, skills(user.id), SKILLS)]


def _set_skill(user: Document, skill_id: str, proficiency: float) -> Answer:
    if not 0 <= proficiency <= 5:
        message = "The field {fieldName} must be from 0 to 5."
        raise invalid([Problem("proficiency", "invalid.value", message)])
    relation = _relate(skills(user.id), skill_id, {"proficiency": proficiency})
    base = f"{self_uri(user, _USERS)}/routingskills"
    return _skill(relation, shapes.own(_SKILLS, skill_id), base), 200


def _skill(relation: Document, skill: Document, base: str) -> Wire:
    return {
        "id": skill.id,
        "name": skill.fields["name"],
        "proficiency": relation.fields["proficiency"],
        "state": "active",
        "skillUri": self_uri(skill, _SKILLS),
        "selfUri": f"{base}/{quote(skill.id, safe='')}",
    }


# What a user has by itself


@field(USERS, "username")
def _username(user: Document, _caller: Caller) -> str | None:
    email: str | None = user.fields.get("email")
    return email


@field(SKILLS, "state")
@field(USERS, "state")
def _state(one: Document, _caller: Caller) -> str:
    state: str = one.fields.get("state", "active")
    return state


@field(USERS, "routingStatus", on_demand=True)
def _routing_status(user: Document, _caller: Caller) -> Wire:
    return {"userId": user.id, "status": "OFF_QUEUE", "startTime": wire_date(user.created)}


@field(USERS, "presence", on_demand=True)
def _presence(user: Document, _caller: Caller) -> Wire:
    path = f"/api/v2/users/{quote(user.id, safe='')}/presences/purecloud"
    return {
        "source": "PURECLOUD",
        "primary": True,
        "presenceDefinition": {"systemPresence": "Offline"},
        "modifiedDate": wire_date(user.created),
        "selfUri": path,
    }


# What belongs to a queue or a user: documents with the ids of others


def _related(caller: Caller, collection: str, others: str) -> Iterator[tuple[Document, Document]]:
    """Give what there is of a collection, each with the document of its id, if that is there."""
    documents, owner = caller.state.store.documents, caller.organization_id
    for _, relation in documents.all(owner, collection):
        other = documents.find(owner, others, relation.id)
        if other is not None and other.deleted is None:
            yield relation, other


def _relation(collection: str, own_id: str, operation: Operation) -> Document:
    return shapes.own(Place(operation.path.rpartition("/{")[0], collection), own_id)


def _relate(collection: str, own_id: str, fields: Wire) -> Document:
    caller = current_caller()
    now, documents = caller.state.clock(), caller.state.store.documents
    relation = Document(own_id, fields, now, now, caller.owner, caller.owner)
    with caller.state.store.transaction():
        if documents.find(caller.organization_id, collection, own_id) is None:
            documents.add(caller.organization_id, collection, relation)
        else:
            documents.save(caller.organization_id, collection, relation)
    return relation


def _forget(collection: str, own_id: str) -> None:
    caller = current_caller()
    caller.state.store.documents.remove(caller.organization_id, collection, own_id)


def _names_nothing(field_name: str) -> Exception:
    message = "The field {fieldName} names nothing that there is."
    return invalid([Problem(field_name, "invalid.value", message)])
