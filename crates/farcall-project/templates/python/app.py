"""Calls {{calls}}:service/api, wherever it is; wit/ says what it offers."""

import wit_world
from componentize_py_types import Err
from wit_world.imports import api


class WitWorld(wit_world.WitWorld):
    def run(self, name: str) -> str:
        greeting = api.greet(name)
        try:
            return f"{greeting} 7 / 2 is {api.divide(7, 2)}."
        except Err as error:
            return f"{greeting} 7 / 2: {error.value}."
