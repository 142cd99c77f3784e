"""The module in which the vendor's SDK has ApiNullValue."""

from ._wire.json_values import ApiNullValue as ApiNullValue
