"""SMS: phone numbers, bought from a stock or brought along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from ...clock import wire_date
from ...errors import Problem, error_for_status, invalid
from ...state import current_state
from .. import queries, shapes
from ..caller import current_caller
from ..contract import Operation
from ..wire import NUMBERS, Place, to_wire
from .registry import Answer, behavior

_ADDRESSES = Place.named("routing/sms/addresses")
_RENEWAL = timedelta(days=90).total_seconds()
_COUNTRIES = {"US": "United States", "GB": "United Kingdom", "DE": "Germany"}


class _Series(NamedTuple):
    """Numbers of a place, one after the other."""

    country: str
    kind: str
    region: str
    city: str
    first: int
    size: int
    address: str
    """Whose address a buyer must give."""


# Numbers that the authorities keep for films, as far as they have such.
_STOCK = (
    _Series("US", "local", "IN", "Indianapolis", 13175550100, 20, "none"),
    _Series("US", "local", "CA", "San Francisco", 14155550100, 20, "none"),
    _Series("US", "tollfree", "", "", 18005550100, 5, "none"),
    _Series("GB", "mobile", "", "", 447700900000, 10, "none"),
    _Series("DE", "mobile", "", "", 4915550000100, 10, "local"),
)


@behavior("getRoutingSmsAvailablephonenumbers")
def list_available_numbers(operation: Operation) -> Answer:
    """Give the numbers that can still be bought."""
    taken = _taken()
    wanted = queries.filters(operation)
    available = (
        _available(series, number)
        for series in _STOCK
        for number in _numbers(series)
        if number not in taken
    )
    return {"entities": [one for one in available if queries.fits(one, wanted)]}, 200


@behavior("postRoutingSmsPhonenumbers")
def buy_number(operation: Operation) -> Answer:
    """Buy a number of the stock."""
    body = shapes.body_of(operation)
    number, address_id = body["phoneNumber"], body.pop("addressId", None)
    series = next((one for one in _STOCK if number in _numbers(one)), None)
    if series is None or (series.country, series.kind) != (
        body["countryCode"],
        body["phoneNumberType"],
    ):
        message = "The field {fieldName} names no number that can be bought as such."
        raise invalid([Problem("phoneNumber", "invalid.value", message)])
    caller = current_caller()
    known: dict[str, Any] = {}
    if address_id is not None:
        if not shapes.has(_ADDRESSES, address_id):
            message = "The field {fieldName} names no address that there is."
            raise invalid([Problem("addressId", "invalid.value", message)])
        address = shapes.own(_ADDRESSES, address_id)
        known["addressId"] = to_wire(address, "SmsAddress", _ADDRESSES, caller)
    now = caller.state.clock()
    return _take(
        operation,
        body,
        provisionedThroughPureCloud=True,
        purchaseDate=wire_date(now),
        renewalDate=wire_date(now + _RENEWAL),
        autoRenewable="Quarterly",
        **known,
        **_abilities(body["countryCode"], body["phoneNumberType"]),
    )


@behavior("postRoutingSmsPhonenumbersImport")
def import_number(operation: Operation) -> Answer:
    """Take a number that was bought elsewhere."""
    body = shapes.body_of(operation)
    return _take(
        operation,
        body,
        provisionedThroughPureCloud=False,
        integration={"id": body["integrationId"]},
        **_abilities(body["countryCode"], body["phoneNumberType"]),
    )


@behavior("postRoutingSmsPhonenumbersAlphanumeric")
def create_alphanumeric_number(operation: Operation) -> Answer:
    """Make a sender whom nobody can answer."""
    body = shapes.body_of(operation)
    return _take(
        operation, body, provisionedThroughPureCloud=True, **_abilities("", "alphanumeric")
    )


def _take(operation: Operation, body: dict[str, Any], **known: Any) -> Answer:
    """Give a number to the organization, unless it has it already."""
    with current_state().store.transaction():
        if body["phoneNumber"] in _taken():
            raise error_for_status(409)
        return shapes.create_document(operation, body=body, **known)


def _taken() -> set[str]:
    caller = current_caller()
    found = caller.state.store.documents.all(caller.organization_id, NUMBERS)
    return {one.fields["phoneNumber"] for _, one in found if one.deleted is None}


def _numbers(series: _Series) -> list[str]:
    return [f"+{series.first + position}" for position in range(series.size)]


def _available(series: _Series, number: str) -> dict[str, Any]:
    return {
        "phoneNumber": number,
        "countryCode": series.country,
        "region": series.region,
        "city": series.city,
        "capabilities": _abilities(series.country, series.kind)["capabilities"],
        "phoneNumberType": series.kind,
        "addressRequirement": series.address,
    }


def _abilities(country: str, kind: str) -> dict[str, Any]:
    """Tell what a number is good for."""
    able = {"sms": True, "mms": country == "US", "voice": kind in ("local", "tollfree")}
    return {
        "phoneNumberType": kind,
        "capabilities": [name for name, is_able in able.items() if is_able],
        **{f"supports{name.title()}": is_able for name, is_able in able.items()},
        **({"country": _COUNTRIES[country]} if country in _COUNTRIES else {}),
    }
