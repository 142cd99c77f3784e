"""Says as JSON what a package has and sends: this one, or the vendor's, as the path has it."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote

from platform_facts import Method, Samples, build, methods, platform, python_value, swagger_type
from service import Service

package = import_module("PureCloudPlatformClientV2")

IS_VENDOR = not hasattr(package, "__version__")


def api_classes() -> Iterator[type]:
    for name in sorted(dir(package)):
        if name.endswith("Api") and name != "Api":
            yield getattr(package, name)


def methods_of(api: type) -> dict[str, Any]:
    """For each method: required arguments in order, optional ones, what comes back."""
    found: dict[str, Any] = {}
    for name in dir(api):
        if name.startswith("_"):
            continue
        function = getattr(api, name)
        signature = inspect.signature(function)
        parameters = list(signature.parameters.values())[1:]
        required = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
        optional = {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}
        if IS_VENDOR:
            listed = re.search(r"all_params = (\[.*\])", inspect.getsource(function))
            assert listed
            optional = set(json.loads(listed[1].replace("'", '"'))) - set(required)
        found[name] = [required, sorted(optional), _result(signature.return_annotation)]
    return found


def _result(annotation: Any) -> str:
    """Write what comes back in one way: of ``List[Queue]`` and ``list[models.Queue]``."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"\b(typing|models|PureCloudPlatformClientV2)\.|ForwardRef\(|[')]", "", text)
    text = text.replace("List[", "list[").replace("Dict[", "dict[").replace("Any", "object")
    return text.replace("Literal", "")


def model_of(name: str) -> list[Any]:
    """The module, the types and the wire names of a model."""
    found = getattr(package.models, name)
    model = found() if IS_VENDOR else found
    return [found.__module__, model.swagger_types, model.attribute_map]


def model_names() -> Iterator[str]:
    for name in sorted(dir(package.models)):
        if name[:1].isupper() and hasattr(getattr(package.models, name), "to_dict"):
            yield name


class Caller:
    """Calls all methods with the same arguments on either side, and keeps what is sent."""

    def __init__(self, service: Service) -> None:
        self._service = service
        package.configuration.host = service.url
        package.configuration.access_token = "the-token"

    def calls(self) -> Iterator[tuple[str, Any]]:
        for method in methods():
            function = getattr(getattr(package, method.api)(), method.name, None)
            if function is None:
                continue
            for everything in (True, False):
                positional, named = self._arguments(method, everything)
                sent = self._call(function, method, positional, named)
                yield f"{method} {'all' if everything else 'few'}", sent

    def _arguments(self, method: Method, everything: bool) -> tuple[list[Any], dict[str, Any]]:
        # With each method from the beginning, as one side may lack a method.
        samples = Samples(platform())
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for one in method.parameters:
            value = _value(one.place, one.schema, samples)
            if one.required:
                positional.append(value)
            elif everything:
                named[one.name] = value
        return positional, named

    def _call(self, function: Any, method: Method, positional: Any, named: Any) -> Any:
        kind = swagger_type(method.result) if method.result else ""
        content: Any = {"list[": [], "str": "text", "int": 1}.get(kind[:5], {}) if kind else None
        if method.accept.startswith("text/"):
            content = b"text"
        self._service.reset()
        headers = {"Content-Type": method.accept} if content is not None else {}
        self._service.answer_always(method.status, content, headers=headers)
        failure = None
        try:
            function(*positional, **named)
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
        if len(self._service.requests) != 1:
            return [failure, len(self._service.requests)]
        request = self._service.requests[0]
        headers = {name.lower(): value for name, value in request.headers.items()}
        for name in ("host", "content-length", "accept-encoding", "connection", "te"):
            headers.pop(name, None)
        return {
            "failure": failure,
            "verb": request.method,
            "path": unquote(request.path),
            "query": parse_qsl(request.target.partition("?")[2], keep_blank_values=True),
            "headers": headers,
            "body": json.loads(request.body) if request.body else "nothing",
        }


def _value(place: str, schema: Any, samples: Samples) -> Any:
    if place == "body":
        return build(schema, samples.make(schema), package)
    if schema["type"] == "array":
        return [samples.scalar(schema["items"]) for _ in range(2)]
    sample = samples.scalar(schema)
    if "minimum" in schema and schema["type"] == "string":
        sample = int(sample)  # the vendor's SDK takes nothing else
    if place == "header" and "pattern" not in schema:
        sample = "text"
    return python_value(schema, sample)


def main() -> None:
    """Print it."""
    with Service() as service:
        found = {
            "classes": {one.__name__: one.__module__ for one in api_classes()},
            "methods": {one.__name__: methods_of(one) for one in api_classes()},
            "models": {name: model_of(name) for name in model_names()},
            "calls": dict(Caller(service).calls()),
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
