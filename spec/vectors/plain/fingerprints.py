"""fingerprints.md: canonical texts and their hashes."""
import base64
import hashlib

from plain.names import canonversion
from plain.wit import SCALARS


def fingerprint(text):
    """F-1"""
    digest = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def reference(ty):
    """F-3"""
    if ty is None:
        return "_"
    if ty[0] in SCALARS:
        return ty[0]
    return "#" + fingerprint(canonical(ty))


def canonical(ty):
    kind = ty[0]
    if kind == "fixed":
        return f"list<{reference(ty[1])},{ty[2]}>"
    if kind == "tuple":
        return f"tuple<{','.join(reference(of) for of in ty[1])}>"
    if kind == "record":
        return f"record{{{','.join(f'{name}:{reference(of)}' for name, of in ty[1])}}}"
    if kind == "variant":
        cases = (name + (f"({reference(of)})" if of else "") for name, of in ty[1])
        return f"variant{{{','.join(cases)}}}"
    if kind in ("enum", "flags"):
        return f"{kind}{{{','.join(ty[1])}}}"
    if kind in ("own", "borrow"):
        interface, name = ty[1]
        at, _, version = interface.partition("@")
        return f"{kind}<{at}{'@' + canonversion(version) if version else ''}.{name}>"
    return f"{kind}<{','.join(reference(of) for of in ty[1:])}>"


def of_function(params, result):
    """F-2"""
    result = f"->{reference(result)}" if result else ""
    return f"func({','.join(f'{name}:{reference(ty)}' for name, ty in params)}){result}"


def nameless(params, result):
    """F-5"""
    results = result[1] if result and result[0] == "tuple" else [result] if result else []
    kinds = [[ty[0] for _, ty in params], [ty[0] for ty in results]]
    if not all(kind in ("s32", "s64", "f32", "f64") for side in kinds for kind in side):
        return None
    return f"core({','.join(kinds[0])})->({','.join(kinds[1])})"


def is_meant(sent, knows_names, named, short):
    """F-5, F-7: whether a server's function of those fingerprints takes a request with that `wit-fp`."""
    first, *others = sent.split(",", 1)
    if not knows_names:
        return short is not None and (others or [first])[0] == short
    return first == named or (not others and short is not None and first == short)
