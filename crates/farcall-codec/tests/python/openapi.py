"""Checks documents of OpenAPI 3.1, and messages by them.

Standard input: an array of objects with `document` and `messages`, pairs of a component's name and a message. Standard output: an
array of what is wrong.
"""
import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator


wrong = []
for case in json.load(sys.stdin):
    document = case["document"]
    wrong += [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()]
    for name, message in case["messages"]:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        wrong += [str(error) for error in Draft202012Validator(schema).iter_errors(message)]
json.dump(wrong, sys.stdout)
