"""The template as CloudFormation receives it: SAM's own translator makes it, and conditions and parameters are applied
here. What only AWS knows stays a name: `${Cache.Endpoint.Address}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from .tools import REGION, TEMPLATE, in_sam_environment

TRANSLATE = """
import json, sys
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

given = json.load(sys.stdin)
template = yaml_parse(given["template"])
for resource in template["Resources"].values():  # as `sam package` leaves it
    for name in ("CodeUri", "ContentUri"):
        if name in resource.get("Properties", {}):
            resource["Properties"][name] = "s3://bucket/" + resource["Properties"][name]
print(json.dumps(Translator({}, Parser()).translate(template, given["parameters"])))
"""

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "mockexchange-test",
    "AWS::URLSuffix": "amazonaws.com",
}

_NOTHING = object()


class Stack:
    """One translated template with values for its parameters."""

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str]) -> None:
        declared = template["Parameters"]
        assert given.keys() <= declared.keys()
        self.parameters = {name: str(given.get(name, each["Default"])) for name, each in declared.items()}
        self._conditions: Mapping[str, Any] = template["Conditions"]
        self.resources: dict[str, dict[str, Any]] = {}
        for name, resource in template["Resources"].items():
            if "Condition" not in resource or self._holds(resource["Condition"]):
                self.resources[name] = self._resolved(resource)
        self.outputs = {
            name: self._resolved(each["Value"])
            for name, each in template["Outputs"].items()
            if "Condition" not in each or self._holds(each["Condition"])
        }

    def properties(self, name: str) -> dict[str, Any]:
        """Of one resource."""
        return self.resources[name]["Properties"]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of each resource of one type, by name."""
        return {name: each["Properties"] for name, each in self.resources.items() if each["Type"] == kind}

    def environment(self, function: str) -> dict[str, str]:
        """The variables that a function finds."""
        return {name: str(value) for name, value in self.properties(function)["Environment"]["Variables"].items()}

    def statements(self, role: str) -> list[dict[str, Any]]:
        """What a role allows."""
        policies: list[dict[str, Any]] = self.properties(role)["Policies"]
        return [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]

    def _holds(self, name: str) -> bool:
        return self._true(self._conditions[name])

    def _true(self, condition: Mapping[str, Any]) -> bool:
        (kind, value), *_ = condition.items()
        match kind:
            case "Condition":
                return self._holds(value)
            case "Fn::Equals":
                one, other = (self._resolved(each) for each in value)
                return one == other
            case "Fn::Not":
                return not self._true(value[0])
            case "Fn::And":
                return all(self._true(each) for each in value)
            case _:
                raise AssertionError(f"{kind} is not known here")

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            found = (self._resolved(each) for each in cast("list[Any]", value))
            return [each for each in found if each is not _NOTHING]
        if not isinstance(value, dict):
            return value
        mapping = cast("dict[str, Any]", value)
        if len(mapping) == 1:
            (kind, inner), *_ = mapping.items()
            match kind:
                case "Ref":
                    return self._named(inner)
                case "Fn::GetAtt":
                    return self._named(inner if isinstance(inner, str) else ".".join(inner))
                case "Fn::If":
                    return self._resolved(inner[1 if self._holds(inner[0]) else 2])
                case "Fn::Sub":
                    return self._substituted(inner)
                case "Fn::Select" | "Fn::GetAZs":
                    return f"${{{kind} {inner}}}"
                case _:
                    assert not kind.startswith("Fn::"), kind
        found = {name: self._resolved(each) for name, each in mapping.items()}
        return {name: each for name, each in found.items() if each is not _NOTHING}

    def _named(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        return self.parameters.get(name, PSEUDO.get(name, f"${{{name}}}"))

    def _substituted(self, given: Any) -> str:
        text: str = given if isinstance(given, str) else given[0]
        own: dict[str, Any] = {} if isinstance(given, str) else given[1]
        values = {name: self._resolved(each) for name, each in own.items()}
        return re.sub(r"\$\{([^}]+)\}", lambda found: str(values.get(found[1], self._named(found[1]))), text)


@cache
def _translated() -> Mapping[str, Any]:
    return in_sam_environment(TRANSLATE, {"template": TEMPLATE.read_text(), "parameters": {}})


def stack(**parameters: str) -> Stack:
    """The stack with these values for its parameters, and the defaults of the others."""
    return Stack(_translated(), parameters)
