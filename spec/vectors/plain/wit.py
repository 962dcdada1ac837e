"""As much of WIT as the vectors use: text to types with every name replaced by what it stands for."""
import re


TOKEN = re.compile(
    r"\s+|///?[^\n]*|(?P<name>%?[A-Za-z][A-Za-z0-9-]*)|(?P<version>\d+\.\d+\.\d+[A-Za-z0-9.+-]*)|(?P<number>\d+)"
    r"|(?P<sign>->|[<>{}(),:;=@/._*])"
)
SCALARS = "bool u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char string error-context".split()


def tokens(text):
    at, out = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, text[at:]
        at = match.end()
        if match.lastgroup:
            out.append(match.group())
    return out


class Wit:
    """Interfaces by their full name: their types by name, unresolved, and their functions in order."""

    def __init__(self, text):
        self.tokens, self.at, self.interfaces = tokens(text), 0, {}
        self.package = ""
        while self.at < len(self.tokens):
            self.item("")
        self.done = {}

    def peek(self, *wanted):
        return self.at < len(self.tokens) and self.tokens[self.at] in wanted

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, wanted):
        if self.peek(wanted):
            self.at += 1
            return True
        return False

    def expect(self, wanted):
        got = self.next()
        assert got == wanted, f"{got} where {wanted} belongs"

    def name(self):
        return self.next().lstrip("%")

    def item(self, package):
        keyword = self.next()
        if keyword == "package":
            name = self.name() + self.next() + self.name()
            version = "@" + self.next() if self.take("@") else ""
            if self.take(";"):
                self.package = (name, version)
                return
            self.expect("{")
            outer, self.package = self.package, (name, version)
            while not self.take("}"):
                self.item(name)
            self.package = outer
        elif keyword == "interface":
            self.interface(self.qualified(self.name()))
        elif keyword == "world":
            self.name()
            self.expect("{")
            while not self.take("}"):
                self.world_item()
        else:
            raise AssertionError(keyword)

    def qualified(self, name):
        return f"{self.package[0]}/{name}{self.package[1]}" if self.package else name

    def world_item(self):
        assert self.next() in ("export", "import")
        name = self.name()
        if self.take(":") and not self.take("interface"):
            kind = self.function(name)
            self.interfaces.setdefault("", {"types": {}, "functions": []})["functions"].append(kind)
            return
        if self.peek("{"):
            self.interface(name)
        while not self.peek(";", "export", "import", "}"):
            self.next()
        self.take(";")

    def interface(self, name):
        self.expect("{")
        self.interfaces[name] = self.body = {"types": {}, "functions": []}
        while not self.take("}"):
            self.member()
        return self.body

    def member(self):
        types, functions = self.body["types"], self.body["functions"]
        keyword = self.next()
        if keyword == "use":
            path = ""
            while not self.take("."):
                path += self.name()
            self.expect("{")
            while not self.take("}"):
                name = self.name()
                alias = self.name() if self.take("as") else name
                types[alias] = ("use", path if ":" in path else self.qualified(path), name)
                self.take(",")
            self.expect(";")
        elif keyword == "type":
            name = self.name()
            self.expect("=")
            types[name] = self.type()
            self.expect(";")
        elif keyword in ("record", "variant", "enum", "flags"):
            name, members = self.name(), []
            self.expect("{")
            while not self.take("}"):
                member, of = self.name(), None
                if self.take(":"):
                    of = self.type()
                elif self.take("("):
                    of = self.type()
                    self.expect(")")
                members.append((member, of))
                self.take(",")
            types[name] = (keyword, members, name)
        elif keyword == "resource":
            resource = self.name()
            types[resource] = ("resource", resource)
            if self.take(";"):
                return
            self.expect("{")
            while not self.take("}"):
                name = self.name()
                if name == "constructor":
                    params, result = self.signature()
                    functions.append((f"[constructor]{resource}", params, result or ("name", resource)))
                    continue
                self.expect(":")
                if self.take("static"):
                    functions.append(self.function(f"[static]{resource}.{name}"))
                else:
                    name, params, result = self.function(f"[method]{resource}.{name}")
                    functions.append((name, [("self", ("borrow", ("name", resource)))] + params, result))
        else:
            self.expect(":")
            functions.append(self.function(keyword.lstrip("%")))

    def function(self, name):
        self.take("async")
        self.expect("func")
        return (name, *self.signature())

    def signature(self):
        params, result = [], None
        self.expect("(")
        while not self.take(")"):
            name = self.name()
            self.expect(":")
            params.append((name, self.type()))
            self.take(",")
        if self.take("->"):
            result = self.type()
        self.expect(";")
        return params, result

    def type(self):
        word = self.next()
        if word == "_":
            return None
        if word in SCALARS:
            return (word,)
        of = []
        if word in ("list", "map", "option", "result", "tuple", "stream", "future", "own", "borrow"):
            if self.take("<"):
                while not self.take(">"):
                    of.append(int(self.next()) if self.tokens[self.at].isdigit() else self.type())
                    self.take(",")
            if word == "list" and len(of) == 2:
                return ("fixed", *of)
            if word == "tuple":
                return ("tuple", of)
            if word == "result":
                return ("result", *(of + [None, None])[:2])
            return (word, *(of or [None]))
        return ("name", word.lstrip("%"))

    def resolved(self, ty, interface):
        """The type with every name replaced by what it stands for (F-4); a resource's name means `own`."""
        if ty is None or isinstance(ty, int):
            return ty
        kind = ty[0]
        if kind == "use":
            return self.resolved(("name", ty[2]), ty[1])
        if kind == "name":
            key = (interface, ty[1])
            if key not in self.done:
                found = self.interfaces[interface]["types"][ty[1]]
                is_resource = found[0] == "resource"
                self.done[key] = ("own", (interface, ty[1])) if is_resource else self.resolved(found, interface)
            return self.done[key]
        if kind in ("own", "borrow"):
            return (kind, self.resolved(ty[1], interface)[1])
        if kind in ("record", "variant"):
            return (kind, [(name, self.resolved(of, interface)) for name, of in ty[1]])
        if kind in ("enum", "flags"):
            return (kind, [name for name, _ in ty[1]], ty[2])
        if kind == "tuple":
            return (kind, [self.resolved(of, interface) for of in ty[1]])
        return (kind, *(self.resolved(of, interface) for of in ty[1:]))

    def function_of(self, interface, name):
        if interface is None:
            (interface,) = self.interfaces
        for found, params, result in self.interfaces[interface]["functions"]:
            if found == name:
                params = [(param, self.resolved(of, interface)) for param, of in params]
                return params, self.resolved(result, interface)
        raise AssertionError(f"no {name} in {interface}")
