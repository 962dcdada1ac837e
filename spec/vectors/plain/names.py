"""names.md: paths and methods."""
import re


def pascal(label):
    """N-4"""
    words = label.split("-")
    return "".join(("_" if w[:1].isdigit() else "") + w[:1].upper() + w[1:].lower() for w in words)


def canonversion(version):
    """N-7, with `.`"""
    major, minor, patch = (int(n) for n in re.match(r"(\d+)\.(\d+)\.(\d+)", version).groups())
    if major:
        return str(major)
    return f"0.{minor}" if minor else f"0.0.{patch}"


def service(interface, world_service):
    full = re.fullmatch(r"([^:/@]+):([^/@]+)/([^@]+)(?:@(.+))?", interface)
    if full:
        ns, package, name, version = full.groups()
        snake = [part.lower().replace("-", "_") for part in (ns, package)]  # N-5
        versions = ["v" + canonversion(version).replace(".", "_")] if version else []
        return ".".join(snake + versions + [pascal(name)])  # N-6
    if interface:
        return pascal(interface)  # N-8
    if re.fullmatch(r"[^:/@]+:[^/@]+/[^@]+(@.+)?", world_service):
        return service(world_service, "")
    label = "-".join(re.findall(r"[A-Za-z0-9]+", world_service))
    return pascal(label if label[:1].isalpha() else "world-" + label)  # N-9


def method(function):
    """N-10"""
    member = re.fullmatch(r"\[(.+)\](.+)", function)
    if not member:
        return pascal(function)
    kind, name = member.groups()
    if kind == "constructor":
        return pascal(name) + "__New"
    if kind == "resource-drop":
        return pascal(name) + "__Drop"
    resource, of = name.split(".")
    return f"{pascal(resource)}_{pascal(of)}"


def core_method(export):
    """N-11"""
    if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", export):
        return pascal(export.replace("_", "-"))
    return "Raw__" + export.encode().hex()
