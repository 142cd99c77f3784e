"""The vendor's names for what goes over the wire, and for what can go wrong there."""

from ._transport.client import RESTClientObject as RESTClientObject
from ._wire.response import RESTResponse as RESTResponse
from .exceptions import ApiConnectionException as ApiConnectionException
from .exceptions import ApiException as ApiException
from .exceptions import ApiTimeoutException as ApiTimeoutException
from .exceptions import BadRequestException as BadRequestException
from .exceptions import ConflictException as ConflictException
from .exceptions import ForbiddenException as ForbiddenException
from .exceptions import NotFoundException as NotFoundException
from .exceptions import ServiceException as ServiceException
from .exceptions import TooManyRequestsException as TooManyRequestsException
from .exceptions import UnauthorizedException as UnauthorizedException
