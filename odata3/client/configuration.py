"""What a user may set on a context, and what he may listen to: the front desk's switches, each checked when it is set.

Source: the properties and events of .NET's ``DataServiceContext``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from odata3.client.channel import Channel
from odata3.client.events import EntityArgs, Hook, ReceivingResponseArgs, SendingRequestArgs
from odata3.client.options import (
    DataServiceResponsePreference,
    MergeOption,
    SaveChangesOptions,
    Setting,
    Settings,
    check_save_options,
)
from odata3.client.pipelines import Configurations
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.secrecy import masked
from odata3.wire.origins import origin_of, split_credentials

A = TypeVar("A")


class Configured:
    """The settings and events of a context, over its channel."""

    _settings: Settings
    _channel: Channel

    merge_option = Setting(MergeOption)
    ignore_missing_properties = Setting(bool)
    ignore_resource_not_found_exception = Setting(bool)
    use_post_tunneling = Setting(bool)
    send_all_properties = Setting(bool)
    resolve_name = Setting()
    resolve_type = Setting()
    resolve_entity_set = Setting()
    commands = Setting(Mapping)

    # -- settings that are more than a value

    @property
    def base_uri(self) -> str:
        """The service root, without user information. It may be moved; ``InvalidOperationError`` for what is no absolute http
        or https URL."""
        return self._channel.base_uri

    @base_uri.setter
    def base_uri(self, url: str) -> None:
        try:
            check_root(url)
        except ArgumentError as error:
            raise InvalidOperationError(f"base_uri: {error}") from error
        self._channel.move(split_credentials(url)[0])

    @property
    def max_protocol_version(self) -> str:
        """The highest version of the protocol that is spoken (``MaxDataServiceVersion``), as it was given when the context was
        made."""
        return self._channel.max_version

    @property
    def url_key_as_segment(self) -> bool:
        """Whether URLs are written ``Set/key``; it starts as the metadata says. ``ArgumentError`` for what is not True or
        False."""
        return self._channel.key_as_segment

    @url_key_as_segment.setter
    def url_key_as_segment(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise ArgumentError(f"url_key_as_segment is True or False, not {value!r}")
        self._settings.url_key_as_segment = value
        self._channel.forget_formats()

    @property
    def add_and_update_response_preference(self) -> DataServiceResponsePreference:
        """What the service is asked to answer inserts and updates with; other than ``NONE`` it needs version 3.0
        (``InvalidOperationError``). ``ArgumentError`` for what is no preference."""
        return self._settings.add_and_update_response_preference

    @add_and_update_response_preference.setter
    def add_and_update_response_preference(self, preference: DataServiceResponsePreference) -> None:
        if not isinstance(preference, DataServiceResponsePreference):
            raise ArgumentError(f"add_and_update_response_preference cannot be {preference!r}")
        if preference is not DataServiceResponsePreference.NONE and self.max_protocol_version < "3.0":
            raise InvalidOperationError("a response preference needs max_protocol_version 3.0")
        self._settings.add_and_update_response_preference = preference

    @property
    def save_changes_default_options(self) -> SaveChangesOptions:
        """How ``save_changes`` goes about it where it is not told; starts as ``NONE``. ``ArgumentError`` for options that
        contradict each other."""
        return self._settings.save_changes_default_options

    @save_changes_default_options.setter
    def save_changes_default_options(self, options: SaveChangesOptions) -> None:
        self._settings.save_changes_default_options = check_save_options(options)

    # -- events: the setters are for ``+=``, which gives the hook itself back

    @property
    def sending_request(self) -> Hook[SendingRequestArgs]:
        """Called with every request about to leave; handlers may change its headers."""
        return self._channel.sending_request

    @sending_request.setter
    def sending_request(self, hook: Hook[SendingRequestArgs]) -> None:
        self._channel.sending_request = _same_hook(self._channel.sending_request, hook)

    @property
    def receiving_response(self) -> Hook[ReceivingResponseArgs]:
        """Called with every answer that came, errors too."""
        return self._channel.receiving_response

    @receiving_response.setter
    def receiving_response(self, hook: Hook[ReceivingResponseArgs]) -> None:
        self._channel.receiving_response = _same_hook(self._channel.receiving_response, hook)

    @property
    def configurations(self) -> Configurations:
        """Hooks that see bodies part by part, as .NET's ``Configurations``: ``request_pipeline`` and ``response_pipeline``."""
        return self._channel.configurations

    @property
    def reading_entity(self) -> Hook[EntityArgs]:
        """Called with every entity that was read, and its document."""
        return self._channel.reading_entity

    @reading_entity.setter
    def reading_entity(self, hook: Hook[EntityArgs]) -> None:
        self._channel.reading_entity = _same_hook(self._channel.reading_entity, hook)

    @property
    def writing_entity(self) -> Hook[EntityArgs]:
        """Called with every entity about to be written, and its document, whose values may be changed."""
        return self._channel.writing_entity

    @writing_entity.setter
    def writing_entity(self, hook: Hook[EntityArgs]) -> None:
        self._channel.writing_entity = _same_hook(self._channel.writing_entity, hook)


def check_root(url: str) -> None:
    if not isinstance(url, str):
        raise ArgumentError(f"the service root is a URL, not {url!r}")
    if "://" not in url:
        raise ArgumentError(
            f"the service root is a URL such as https://host/Name.svc/, and {masked(url)!r} is none; a file goes into metadata="
        )
    origin_of(url)
    if "?" in url or "#" in url:
        raise ArgumentError(f"the service root {masked(url)} has a query or fragment: leave it out")
    if url.rstrip("/").endswith("/$metadata"):
        raise ArgumentError(f"{masked(url)} is the address of the metadata: the service root is what stands before $metadata")


def _same_hook(known: Hook[A], given: Hook[A]) -> Hook[A]:
    if given is not known:
        raise ArgumentError("an event is not replaced: add a handler with += or append, take one out with remove")
    return known
