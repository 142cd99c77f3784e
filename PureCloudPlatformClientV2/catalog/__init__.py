"""The catalog: API classes and models of the platform as facts, and what makes classes of them.

``operations.txt``, ``definitions.txt`` and ``topics.txt`` have one method, one model and one
notification topic a line, to be grepped, read and compared; ``python -m
PureCloudPlatformClientV2.catalog SWAGGER.json`` makes them. A class is made when it is first named,
and a method when it is first looked up; only their own lines are read.
"""

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from . import api_classes as api_classes
    from . import definitions as definitions
    from . import lines as lines
    from . import maker as maker
    from . import model_classes as model_classes
    from . import modules as modules
    from . import operations as operations
    from . import stubs as stubs
    from . import words as words
else:  # checkers would take any name for one that is there
    __getattr__, __dir__ = lazy_names(__name__)
