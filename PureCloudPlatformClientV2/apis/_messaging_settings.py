"""Settings and supported content: what today's platform has in the Messaging API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import models
from .api import Api, CallOptions, Unpack

if TYPE_CHECKING:
    from typing_extensions import deprecated
else:

    def deprecated(message):
        """Mark a method for type checkers alone (PEP 702); nobody is warned at run time."""
        return lambda method: method


class MessagingSettings(Api):
    """Settings for content and events, and profiles of supported content.

    The platform has the same under ``/api/v2/conversations/messaging``, and wants these no longer
    used; each says which method of ``ConversationsApi`` takes its place.
    """

    @deprecated("use ConversationsApi.delete_conversations_messaging_setting")
    def delete_messaging_setting(
        self,
        message_setting_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Delete settings for content and events.

        To take the default away, call ``delete_messaging_settings_default`` and not this with
        "default".

        Wraps DELETE /api/v2/messaging/settings/{messageSettingId}

        Requires ALL permissions: messaging:setting:delete

        Deprecated: ``ConversationsApi.delete_conversations_messaging_setting``.

        Args:
            message_setting_id: Identifier of the settings.
            **options: Per-call settings, see CallOptions.
        """
        return self._call(
            "DELETE",
            "/api/v2/messaging/settings/{messageSettingId}",
            path={"messageSettingId": message_setting_id},
            reserved={"messageSettingId": {"default": "delete_messaging_settings_default"}},
            returns=None,
            options=options,
        )

    @deprecated("use ConversationsApi.delete_conversations_messaging_settings_default")
    def delete_messaging_settings_default(
        self,
        **options: Unpack[CallOptions],
    ) -> None:
        """Take the organization's default settings away.

        Settings by id are deleted with ``delete_messaging_setting``.

        Wraps DELETE /api/v2/messaging/settings/default

        Requires ALL permissions: messaging:setting:delete

        Deprecated: ``ConversationsApi.delete_conversations_messaging_settings_default``.

        Args:
            **options: Per-call settings, see CallOptions.
        """
        return self._call(
            "DELETE",
            "/api/v2/messaging/settings/default",
            returns=None,
            options=options,
        )

    @deprecated(
        "use ConversationsApi.delete_conversations_messaging_supportedcontent_supported_content_id"
    )
    def delete_messaging_supportedcontent_supported_content_id(
        self,
        supported_content_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Delete a profile of supported content.

        "default" is no id to give here; choose another default with
        ``ConversationsApi.put_conversations_messaging_supportedcontent_default``.

        Wraps DELETE /api/v2/messaging/supportedcontent/{supportedContentId}

        Requires ALL permissions: messaging:supportedContent:delete

        Deprecated:
            ``ConversationsApi.delete_conversations_messaging_supportedcontent_supported_content_id``.

        Args:
            supported_content_id: Identifier of the profile.
            **options: Per-call settings, see CallOptions.
        """
        return self._call(
            "DELETE",
            "/api/v2/messaging/supportedcontent/{supportedContentId}",
            path={"supportedContentId": supported_content_id},
            returns=None,
            options=options,
        )

    @deprecated("use ConversationsApi.get_conversations_messaging_setting")
    def get_messaging_setting(
        self,
        message_setting_id: str,
        **options: Unpack[CallOptions],
    ) -> models.MessagingSetting:
        """Get settings for content and events.

        The default ones come from ``get_messaging_settings_default``.

        Wraps GET /api/v2/messaging/settings/{messageSettingId}

        Requires ALL permissions: messaging:setting:view

        Deprecated: ``ConversationsApi.get_conversations_messaging_setting``.

        Args:
            message_setting_id: Identifier of the settings.
            **options: Per-call settings, see CallOptions.

        Returns:
            The settings.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/settings/{messageSettingId}",
            path={"messageSettingId": message_setting_id},
            reserved={"messageSettingId": {"default": "get_messaging_settings_default"}},
            returns=models.MessagingSetting,
            options=options,
        )

    @deprecated("use ConversationsApi.get_conversations_messaging_settings")
    def get_messaging_settings(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.MessagingConfigListing:
        """Get a list of settings for content and events.

        Integrations refer to them by id; typing events and stories are among what they turn on.
        The default of the organization has methods of its own.

        Wraps GET /api/v2/messaging/settings

        Requires ALL permissions: messaging:setting:view

        Deprecated: ``ConversationsApi.get_conversations_messaging_settings``.

        Args:
            page_size: Settings per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of settings.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/settings",
            query={"pageSize": page_size, "pageNumber": page_number},
            returns=models.MessagingConfigListing,
            options=options,
        )

    @deprecated("use ConversationsApi.get_conversations_messaging_settings_default")
    def get_messaging_settings_default(
        self,
        **options: Unpack[CallOptions],
    ) -> models.MessagingSetting:
        """Get the organization's default settings.

        They are changed by id, like any others.

        Wraps GET /api/v2/messaging/settings/default

        Requires ALL permissions: messaging:setting:view

        Deprecated: ``ConversationsApi.get_conversations_messaging_settings_default``.

        Args:
            **options: Per-call settings, see CallOptions.

        Returns:
            The settings that integrations without their own have.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/settings/default",
            returns=models.MessagingSetting,
            options=options,
        )

    @deprecated("use ConversationsApi.get_conversations_messaging_supportedcontent")
    def get_messaging_supportedcontent(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.SupportedContentListing:
        """Get a list of profiles of supported content.

        They say which media types may go in and out; integrations refer to them by id.

        Wraps GET /api/v2/messaging/supportedcontent

        Requires ALL permissions: messaging:supportedContent:view

        Deprecated: ``ConversationsApi.get_conversations_messaging_supportedcontent``.

        Args:
            page_size: Profiles per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of profiles.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/supportedcontent",
            query={"pageSize": page_size, "pageNumber": page_number},
            returns=models.SupportedContentListing,
            options=options,
        )

    @deprecated(
        "use ConversationsApi.get_conversations_messaging_supportedcontent_supported_content_id"
    )
    def get_messaging_supportedcontent_supported_content_id(
        self,
        supported_content_id: str,
        **options: Unpack[CallOptions],
    ) -> models.SupportedContent:
        """Get a profile of supported content.

        The default comes from
        ``ConversationsApi.get_conversations_messaging_supportedcontent_default``.

        Wraps GET /api/v2/messaging/supportedcontent/{supportedContentId}

        Requires ALL permissions: messaging:supportedContent:view

        Deprecated:
            ``ConversationsApi.get_conversations_messaging_supportedcontent_supported_content_id``.

        Args:
            supported_content_id: Identifier of the profile.
            **options: Per-call settings, see CallOptions.

        Returns:
            The profile.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/supportedcontent/{supportedContentId}",
            path={"supportedContentId": supported_content_id},
            returns=models.SupportedContent,
            options=options,
        )

    @deprecated("use ConversationsApi.patch_conversations_messaging_setting")
    def patch_messaging_setting(
        self,
        message_setting_id: str,
        body: models.MessagingSetting | models.MessagingSettingRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.MessagingSetting:
        """Change settings for content and events; what is left out stays.

        It holds for all integrations that refer to them. Typing events, in both directions, are
        among them.

        Wraps PATCH /api/v2/messaging/settings/{messageSettingId}

        Requires ALL permissions: messaging:setting:edit

        Deprecated: ``ConversationsApi.patch_conversations_messaging_setting``.

        Args:
            message_setting_id: Identifier of the settings.
            body: The settings; a name is required.
            **options: Per-call settings, see CallOptions.

        Returns:
            The settings as they are now.
        """
        return self._call(
            "PATCH",
            "/api/v2/messaging/settings/{messageSettingId}",
            path={"messageSettingId": message_setting_id},
            body=body,
            body_type=models.MessagingSettingRequest,
            returns=models.MessagingSetting,
            options=options,
        )

    @deprecated(
        "use ConversationsApi.patch_conversations_messaging_supportedcontent_supported_content_id"
    )
    def patch_messaging_supportedcontent_supported_content_id(
        self,
        supported_content_id: str,
        body: models.SupportedContent | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.SupportedContent:
        """Change a profile of supported content; what is left out stays.

        It holds for all integrations that refer to it. Files are limited to 25 MB in any case.

        Wraps PATCH /api/v2/messaging/supportedcontent/{supportedContentId}

        Requires ALL permissions: messaging:supportedContent:edit

        Deprecated:
            ``ConversationsApi.patch_conversations_messaging_supportedcontent_supported_content_id``.

        Args:
            supported_content_id: Identifier of the profile.
            body: What media may come and go; its id is required, and the service replaces it.
            **options: Per-call settings, see CallOptions.

        Returns:
            The profile as it is now.
        """
        return self._call(
            "PATCH",
            "/api/v2/messaging/supportedcontent/{supportedContentId}",
            path={"supportedContentId": supported_content_id},
            body=body,
            body_type=models.SupportedContent,
            returns=models.SupportedContent,
            options=options,
        )

    @deprecated("use ConversationsApi.post_conversations_messaging_settings")
    def post_messaging_settings(
        self,
        body: models.MessagingSetting | models.MessagingSettingRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.MessagingSetting:
        """Create settings for content and events.

        Nothing changes before an integration refers to them, or
        ``put_messaging_settings_default`` chooses them.

        Wraps POST /api/v2/messaging/settings

        Requires ANY permissions: messaging:setting:add

        Deprecated: ``ConversationsApi.post_conversations_messaging_settings``.

        Args:
            body: The settings; a name is required.
            **options: Per-call settings, see CallOptions.

        Returns:
            The settings, with the identifier that the service gave them.
        """
        return self._call(
            "POST",
            "/api/v2/messaging/settings",
            body=body,
            body_type=models.MessagingSettingRequest,
            returns=models.MessagingSetting,
            options=options,
        )

    @deprecated("use ConversationsApi.post_conversations_messaging_supportedcontent")
    def post_messaging_supportedcontent(
        self,
        body: models.SupportedContent | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.SupportedContent:
        """Create a profile of supported content.

        Wildcards such as ``image/*`` are taken. Leave the id to the platform.

        Wraps POST /api/v2/messaging/supportedcontent

        Requires ANY permissions: messaging:supportedContent:add

        Deprecated: ``ConversationsApi.post_conversations_messaging_supportedcontent``.

        Args:
            body: What media may come and go; its id is required, and the service replaces it.
            **options: Per-call settings, see CallOptions.

        Returns:
            The profile, with the identifier that the service gave it.
        """
        return self._call(
            "POST",
            "/api/v2/messaging/supportedcontent",
            body=body,
            body_type=models.SupportedContent,
            returns=models.SupportedContent,
            options=options,
        )

    @deprecated("use ConversationsApi.put_conversations_messaging_settings_default")
    def put_messaging_settings_default(
        self,
        body: models.MessagingSettingDefaultRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.MessagingSetting:
        """Make settings the default of the organization.

        The settings, named by ``setting_id``, must exist already.

        Wraps PUT /api/v2/messaging/settings/default

        Requires ALL permissions: messaging:setting:edit

        Deprecated: ``ConversationsApi.put_conversations_messaging_settings_default``.

        Args:
            body: Which settings: their id.
            **options: Per-call settings, see CallOptions.

        Returns:
            The settings that are the default now.
        """
        return self._call(
            "PUT",
            "/api/v2/messaging/settings/default",
            body=body,
            body_type=models.MessagingSettingDefaultRequest,
            returns=models.MessagingSetting,
            options=options,
        )
