"""Show the settings and supported content of all messaging integrations, and fill what is empty.

    python messaging_profiles.py
    python messaging_profiles.py --setting "With typing" --supported-content Pictures
    python messaging_profiles.py --setting "With typing" --supported-content Pictures --apply

The first shows all kinds of integrations of the organization, and what there is to choose from. The
second shows what the third does: it gives these, by name or id, to each integration that has none,
or the organization's default. One that has another keeps it, unless you say --replace. Run it as
often as you like.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN. The permissions it takes are
messaging:integration:view, messaging:setting:view and messaging:supportedContent:view; to apply,
messaging:integration:edit, and for X (Twitter) and Google Business Profile their own.

Exit status: 0 nothing is left to do, 1 something is, 2 it could not go on, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    ConversationsApi,
    MessagingIntegration,
    MessagingSetting,
    NotFoundException,
    SupportedContent,
    UnauthorizedException,
    paginate,
)

PATH_WORDS = {
    "apple": "apple",
    "facebook": "facebook",
    "googlebusinessprofile": "open_extensions_googlebusinessprofile",
    "instagram": "instagram",
    "open": "open",
    "twitter": "twitter",
    "whatsapp": "whatsapp",
}
"""The kinds that can be changed here, and how methods name them. SMS and web messaging cannot."""

Profile = MessagingSetting | SupportedContent


class Choice(NamedTuple):
    """What integrations are to have, and the field that says so."""

    field: str
    wire_name: str
    profile: Profile
    default_id: str | None

    def is_missing(self, integration: Any, *, replace: bool) -> bool:
        """Tell whether the integration is to be given this instead of what it has."""
        has = getattr(integration, self.field)
        found = has.id if has else None
        return found != self.profile.id and (replace or found in (None, self.default_id))


def choose(wanted: str, profiles: Sequence[Profile], what: str) -> Profile:
    """Find a profile by its id, or by its name if no other has it."""
    found = [one for one in profiles if one.id == wanted]
    found = found or [one for one in profiles if one.name == wanted]
    if len(found) != 1:
        number = "more than one" if found else "no"
        there = ", ".join(f"{one.name!r} ({one.id})" for one in found or profiles) or "nothing"
        raise ValueError(f"there is {number} {what} {wanted!r}; there is {there}")
    return found[0]


def read_default(read: Callable[[], Profile]) -> str | None:
    """Read which profile integrations have that nobody has given one."""
    try:
        return read().id
    except NotFoundException:
        return None


def kind(integration: MessagingIntegration) -> str:
    """Name the kind; an extension of open messaging is one of its own."""
    extension = integration.open_extension_type
    if extension and extension != "None":
        return extension.lower()
    return integration.messenger_type or "unknown"


def label(integration: MessagingIntegration) -> str:
    return f"{kind(integration)} {integration.name!r} ({integration.id})"


def describe(integration: MessagingIntegration) -> str:
    setting, content = (
        repr(one.name or one.id) if one else "none"
        for one in (integration.messaging_setting, integration.supported_content)
    )
    return f"{label(integration)}: setting {setting}, supported content {content}"


def show(integrations: Sequence[MessagingIntegration], profiles: dict[str, list[Profile]]) -> None:
    print(*([describe(one) for one in integrations] or ["There are no integrations."]), sep="\n")
    for what, some in profiles.items():
        print(f"\nTo choose from, {what}:")
        print(*(f"  {one.name!r} ({one.id})" for one in some), sep="\n")


def give(api: ConversationsApi, integration: MessagingIntegration, missing: list[Choice]) -> str:
    """Change an integration, and tell what went wrong: nothing if all went well."""
    body: dict[str, Any] = {one.wire_name: {"id": one.profile.id} for one in missing}
    if kind(integration) == "open":
        body["name"] = integration.name  # it is the only kind that insists
    words = PATH_WORDS[kind(integration)]
    patch = getattr(api, f"patch_conversations_messaging_integrations_{words}_integration_id")
    try:
        changed = patch(integration.id, body)
    except UnauthorizedException:  # as all that follow would be
        raise
    except ApiException as error:
        return f"{error}{'; perhaps it is done' if error.outcome_unknown else ''}"
    ignored = [one.wire_name for one in missing if one.is_missing(changed, replace=True)]
    return f"the platform has answered with another {' and '.join(ignored)}" if ignored else ""


def fill(
    api: ConversationsApi,
    integrations: Sequence[MessagingIntegration],
    choices: list[Choice],
    options: argparse.Namespace,
) -> int:
    """Give the integrations what they miss, or show it, and count those that still miss it."""
    left = 0
    for one in integrations:
        missing = [choice for choice in choices if choice.is_missing(one, replace=options.replace)]
        what = " and ".join(f"{choice.wire_name} {choice.profile.name!r}" for choice in missing)
        if not missing:
            print(f"has it      {describe(one)}")
        elif kind(one) not in PATH_WORDS or one.status == "Deleting":
            print(f"left alone  {describe(one)}, status {one.status}")
        elif not options.apply:
            print(f"would get   {label(one)}: {what}")
            left += 1
        elif failure := give(api, one, missing):
            print(f"failed      {label(one)}: {what}: {failure}")
            left += 1
        else:
            print(f"has got     {label(one)}: {what}")
    return left


def run(api: ConversationsApi, options: argparse.Namespace) -> int:
    settings = list(paginate(api.get_conversations_messaging_settings, page_size=100))
    contents = list(paginate(api.get_conversations_messaging_supportedcontent, page_size=100))
    choices: list[Choice] = []
    if options.setting is not None:
        setting = choose(options.setting, settings, "setting")
        default = read_default(api.get_conversations_messaging_settings_default)
        choices.append(Choice("messaging_setting", "messagingSetting", setting, default))
    if options.supported_content is not None:
        content = choose(options.supported_content, contents, "supported content")
        default = read_default(api.get_conversations_messaging_supportedcontent_default)
        choices.append(Choice("supported_content", "supportedContent", content, default))
    integrations = [
        one
        for one in paginate(
            api.get_conversations_messaging_integrations,
            page_size=100,
            expand=["supportedContent", "messagingSetting"],
        )
        if not options.kinds or kind(one) in options.kinds
    ]
    if choices:
        return fill(api, integrations, choices, options)
    show(integrations, {"settings": [*settings], "supported content": [*contents]})
    return 0


def make_output_safe() -> None:
    """Let no name fail to be printed, whatever the terminal can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None if it is closed
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    make_output_safe()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--setting", metavar="NAME", help="the setting to give, by name or id")
    parser.add_argument("--supported-content", metavar="NAME", help="the supported content to give")
    parser.add_argument(
        "--kind", action="append", dest="kinds", choices=PATH_WORDS, help="only these; repeatable"
    )
    parser.add_argument("--replace", action="store_true", help="also where there is another one")
    parser.add_argument("--apply", action="store_true", help="do it, instead of showing it")
    options = parser.parse_args()
    if (options.replace or options.apply) and not (options.setting or options.supported_content):
        parser.error("say what to give, by --setting, --supported-content or both")
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        configuration.rate_limit = 300  # a minute, which is what the platform allows a client
        with ApiClient(configuration=configuration) as client:
            left = run(ConversationsApi(client), options)
    except (ApiException, ValueError) as error:  # ValueError: of a setting or a name, which it says
        parser.exit(2, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted; run it again to go on\n")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
