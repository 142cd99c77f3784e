"""What an organization has, from creation to deletion: canned responses, queues, users."""

from __future__ import annotations

from .client import FLOW, api
from .recorded import model

# Canned responses


def canned_responses() -> None:
    library = api.post_responsemanagement_libraries(model("Library", name="Greetings"))
    library.name = "Welcomes"
    api.put_responsemanagement_library(library.id, library)
    assert api.get_responsemanagement_library(library.id).name == "Welcomes"
    api.get_responsemanagement_libraries(library_prefix="Wel", page_size=10)
    named = model("QueryCriteriaItem", key="Name", operator="EQUALS", value="Welcomes")
    query = model("QueryCriteriaQuery", query=[model("QueryCriteriaGroup", criteria=named)])
    api.post_responsemanagement_libraries_query(query)

    text = model("ResponseText", content="Hello {{name}}", content_type="text/plain")
    body = model(
        "Response",
        name="Hello",
        libraries=[model("DomainEntityRef", id=library.id)],
        texts=[text],
        substitutions=[model("ResponseSubstitution", id="name", default_value="you")],
    )
    response = api.post_responsemanagement_responses(body)
    response.texts[0].content = "Hi {{name}}"
    api.put_responsemanagement_response(response.id, response)
    found = api.get_responsemanagement_response(response.id, expand="substitutionsSchema")
    assert found.texts[0].content == "Hi {{name}}"
    assert api.get_responsemanagement_responses(library.id, page_size=10).total == 1
    library_is = model("ResponseFilter", name="libraryId", operator="EQUALS", values=[library.id])
    phrase = model("ResponseQueryRequest", query_phrase="hello", filters=[library_is])
    assert api.post_responsemanagement_responses_query(phrase).results.total == 1
    api.delete_responsemanagement_response(response.id)
    api.delete_responsemanagement_library(library.id)


# Queues, users, skills, divisions, and whose the token is


def account() -> None:
    organization = api.get_organizations_me()
    api.head_tokens_me()
    assert api.get_tokens_me().organization.id == organization.id
    me = api.get_users_me(expand=["organization", "token", "skills"])
    assert (me.organization.id, me.token.organization.id) == (organization.id, organization.id)
    subject = api.get_authorization_subjects_me()
    assert subject.id == me.id
    assert "queue" in {one.entity_name for one in subject.grants[0].role.policies}


def divisions() -> str:
    """Make a division that stays; give its id."""
    body = model("AuthzDivision", name="Berlin", description="On the Spree")
    made = api.post_authorization_divisions(body)
    made.description = "By the Spree"
    assert api.put_authorization_division(made.id, made).description == "By the Spree"
    assert api.get_authorization_division(made.id).name == "Berlin"
    assert api.get_authorization_divisions_home().id in [
        one.id for one in api.get_authorization_divisions(page_size=10).entities
    ]
    other = api.post_authorization_divisions(model("AuthzDivision", name="B", description="-"))
    api.delete_authorization_division(other.id)
    return str(made.id)


def queues_and_users() -> None:
    division_id = divisions()
    body = model("CreateUser", name="Dee", email="dee@example.org", division_id=division_id)
    user = api.post_users(body)
    assert api.get_user(user.id, expand=["presence"]).presence.presence_definition
    assert user.id in [one.id for one in api.get_users(page_size=100, state="any").entities]

    division = model("WritableDivision", id=division_id)
    queue = api.post_routing_queues(model("CreateQueueRequest", name="Night", division=division))
    api.put_routing_queue(queue.id, model("QueueRequest", name="Late"))
    assert api.get_routing_queue(queue.id).name == "Late"
    assert [one.id for one in api.get_routing_queues(name="L*").entities] == [queue.id]
    api.post_routing_queue_members(queue.id, [model("WritableEntity", id=user.id)])
    away = model("QueueMember", id=user.id, joined=False)
    api.patch_routing_queue_member(queue.id, user.id, away)
    (member,) = api.get_routing_queue_members(queue.id, expand=["skills"]).entities
    assert (member.name, member.joined, member.user.skills) == ("Dee", False, [])

    skill = api.post_routing_skills(model("CreateRoutingSkill", name="Tea"))
    assert api.get_routing_skill(skill.id).name == "Tea"
    assert [one.id for one in api.get_routing_skills(name="Te").entities] == [skill.id]
    api.post_user_routingskills(user.id, model("UserRoutingSkillPost", id=skill.id, proficiency=2))
    better = model("UserRoutingSkill", proficiency=4)
    assert api.put_user_routingskill(user.id, skill.id, better).proficiency == 4
    assert [one.name for one in api.get_user_routingskills(user.id).entities] == ["Tea"]

    api.delete_user_routingskill(user.id, skill.id)
    api.delete_routing_skill(skill.id)
    api.delete_routing_queue_member(queue.id, user.id)
    api.delete_routing_queue(queue.id)


# Notifications


def notifications() -> None:
    api.get_notifications_availabletopics(
        expand=["description", "requiresPermissions", "permissionDetails"], include_preview=True
    )
    channel = api.post_notifications_channels()  # sends null
    api.get_notifications_channels(includechannels="token")
    api.head_notifications_channel(channel.id)
    queue = model("ChannelTopic", id=f"v2.routing.queues.{FLOW}.conversations.messages")
    other = model("ChannelTopic", id=f"v2.users.{FLOW}.presence")
    api.post_notifications_channel_subscriptions(channel.id, [queue], ignore_errors=True)
    api.put_notifications_channel_subscriptions(channel.id, [queue, other], ignore_errors=True)
    assert api.get_notifications_channel_subscriptions(channel.id).entities
    api.delete_notifications_channel_subscriptions(channel.id)
