"""The caller of functions that fail: in Python an error is raised, as `Err` with a value."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import remote
from wit_world.imports.remote import Problem_Call


def said(status):
    return f"{status.code.name.lower().replace('_', '-')}: {status.message}"


class Check(exports.Check):
    def guarded(self, what):
        try:
            return str(remote.guarded(what))
        except Err as error:
            return said(error.value)

    def cased(self, what):
        try:
            return str(remote.cased(what))
        except Err as error:
            match error.value:
                case Problem_Call(status):
                    return f"call {said(status)}"
                case refused:
                    return f"refused {refused.value}"

    def worded(self, what):
        try:
            return str(remote.worded(what))
        except Err as error:
            return f"worded {error.value}"

    def bare(self, what):
        return str(remote.bare(what))
