#!/usr/bin/env python3
"""Writes the JSON Schemas of custom resources beside this file.

usage: generate.py CLOUDNATIVE_PG PROMETHEUS_OPERATOR EXTERNAL_SECRETS

Each argument is the unpacked folder of a package that is generated from the custom resource definitions:
the crate k8s-crds-cloud-native-pg 1.30.0 and the npm packages @kubernetes-models/prometheus-operator 6.0.0
and @kubernetes-models/external-secrets 2.0.0. Their types become schemas that refuse unknown fields, as
the API server does with field validation Strict.
"""
import json
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
OBJECT_META = {"type": "object"}
RUST_TYPES = {
    "String": {"type": "string"},
    "bool": {"type": "boolean"},
    "f64": {"type": "number"},
    "i32": {"type": "integer"},
    "i64": {"type": "integer"},
    "IntOrString": {"type": ["integer", "string"]},
    "Condition": {"type": "object"},
}
TYPESCRIPT_TYPES = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "any": {},
    "object": {"type": "object"},
    "unknown": {},
}
# Types of Kubernetes itself that the npm packages import. Others accept any value.
KUBERNETES_TYPES = {
    "IntOrString": {"type": ["integer", "string"]},
    "ObjectMeta": OBJECT_META,
    "LabelSelector": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "matchLabels": {"type": "object", "additionalProperties": {"type": "string"}},
            "matchExpressions": {"type": "array", "items": {"type": "object"}},
        },
    },
    "SecretKeySelector": {
        "type": "object",
        "additionalProperties": False,
        "required": ["key"],
        "properties": {
            "key": {"type": "string"},
            "name": {"type": "string"},
            "optional": {"type": "boolean"},
        },
    },
}


def closed_object(fields):
    """fields: name -> (schema, is_required)"""
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: field for name, (field, _) in fields.items()},
    }
    required = sorted(name for name, (_, is_required) in fields.items() if is_required)
    if required:
        schema["required"] = required
    return schema


def resource(group, kind, version, spec):
    fields = {
        "apiVersion": ({"const": f"{group}/{version}"}, True),
        "kind": ({"const": kind}, True),
        "metadata": (OBJECT_META, True),
        "spec": (spec, True),
    }
    return closed_object(fields)


class RustTypes:
    """The structs and enums of a file that kopium generated."""

    ITEM = re.compile(r"pub (struct|enum) (\w+)\s*\{(\}|\n.*?^\})", re.S | re.M)

    def __init__(self, path):
        text = re.sub(r"^\s*///.*\n", "", path.read_text(), flags=re.M)
        self.items = {name: (kind, body) for kind, name, body in self.ITEM.findall(text)}
        self.definitions = {}

    def reference(self, name):
        if name not in self.definitions:
            self.definitions[name] = {}
            kind, body = self.items[name]
            self.definitions[name] = self.enum(body) if kind == "enum" else self.struct(body)
        return {"$ref": f"#/$defs/{name}"}

    @staticmethod
    def enum(body):
        values = re.findall(r'(?:#\[serde\(rename = "([^"]*)"\)\]\s*)?^\s*([\w#]+),$', body, re.M)
        return {"enum": [renamed if renamed or name == "KopiumEmpty" else name for renamed, name in values]}

    def struct(self, body):
        fields = {}
        pattern = r"((?:\s*#\[[^\n]*\n|\s*#\[serde\((?:[^)]*)\)\]\n)*)\s*pub ([\w#]+):\s+(.*?),\n(?=    #|    pub|\})"
        for attributes, name, type_name in re.findall(pattern, body, re.S):
            # rustfmt breaks long types into several lines.
            type_name = re.sub(r"\s+", "", type_name).replace(",>", ">").replace("String,", "String, ")
            renamed = re.search(r'rename = "([^"]*)"', attributes)
            name = renamed.group(1) if renamed else name.removeprefix("r#")
            is_optional = type_name.startswith("Option<")
            fields[name] = (self.schema(type_name), not is_optional)
        # A struct without fields stands for an object whose fields are not described, as metadata are.
        return closed_object(fields) if fields else {"type": "object"}

    def schema(self, type_name):
        for prefix, wrap in (
            ("Option<", lambda inner: inner),
            ("Vec<", lambda inner: {"type": "array", "items": inner}),
            ("BTreeMap<String, ", lambda inner: {"type": "object", "additionalProperties": inner}),
        ):
            if type_name.startswith(prefix):
                return wrap(self.schema(type_name.removeprefix(prefix)[:-1]))
        if type_name.startswith("serde_json::"):
            return {}
        return RUST_TYPES.get(type_name) or self.reference(type_name)


class TypeScriptTypes:
    """The interfaces of @kubernetes-models packages."""

    TOKEN = re.compile(r'"[^"]*"|[\w.]+|[{}\[\]<>()|;:?,]')

    def __init__(self, folder):
        self.definitions = {}
        self.sources = {}
        for path in folder.rglob("*.d.ts"):
            text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
            for long_name in re.findall(r"export type \{ I\w+ as (I\w+)", text):
                self.sources[long_name] = text
            for name in re.findall(r"export (?:interface|type) (I\w+)", text):
                self.sources.setdefault(f"{path.parent.name}/{name}", text)

    def reference(self, name):
        for suffix, schema in KUBERNETES_TYPES.items():
            if name.startswith("IIoK8s") and name.endswith(suffix):
                return schema
        if name.startswith("IIoK8s"):
            return {}
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.read(self.sources[name])
        return {"$ref": f"#/$defs/{name}"}

    def read(self, text):
        alias = re.search(r"export type I\w+ = (.*?);\nexport", text, re.S)
        if alias:
            return self.isolated(self.TOKEN.findall(alias.group(1)))
        head = re.search(r"export interface I\w+(?: extends ([^{]*?))? (\{.*?^\})", text, re.S | re.M)
        schema = self.isolated(self.TOKEN.findall(head.group(2)))
        for parent in filter(None, (name.strip() for name in (head.group(1) or "").split(","))):
            if parent == "TypeMeta":
                continue
            self.reference(parent)
            inherited = self.definitions[parent]
            schema.setdefault("properties", {}).update(inherited.get("properties", {}))
            required = set(schema.get("required", [])) | set(inherited.get("required", []))
            if required:
                schema["required"] = sorted(required)
        return schema

    def isolated(self, tokens):
        """Parses tokens without disturbing a parse that is under way."""
        outer = getattr(self, "tokens", None)
        self.tokens = tokens
        schema = self.union()
        self.tokens = outer
        return schema

    def union(self):
        options = [self.single()]
        while self.tokens and self.tokens[0] == "|":
            self.tokens.pop(0)
            options.append(self.single())
        options = [option for option in options if option != {"const": None}]
        if all("const" in option for option in options):
            return {"enum": [option["const"] for option in options]}
        return options[0] if len(options) == 1 else {"anyOf": options}

    def single(self):
        token = self.tokens.pop(0)
        if token.startswith('"'):
            schema = {"const": token.strip('"')}
        elif token == "null":
            schema = {"const": None}
        elif token == "{":
            schema = self.members()
        elif token in ("Array", "ReadonlyArray"):
            self.tokens.pop(0)
            schema = {"type": "array", "items": self.union()}
            self.tokens.pop(0)
        elif token in TYPESCRIPT_TYPES:
            schema = TYPESCRIPT_TYPES[token]
        else:
            schema = self.reference(token)
        while self.tokens[:2] == ["[", "]"]:
            del self.tokens[:2]
            schema = {"type": "array", "items": schema}
        return schema

    def members(self):
        fields, values = {}, None
        while self.tokens[0] != "}":
            name = self.tokens.pop(0)
            if name == "[":
                while self.tokens.pop(0) != "]":
                    pass
                self.tokens.pop(0)
                values = self.union()
            else:
                is_optional = self.tokens[0] == "?"
                if is_optional:
                    self.tokens.pop(0)
                self.tokens.pop(0)
                fields[name.strip('"')] = (self.union(), not is_optional)
            self.tokens.pop(0)
        self.tokens.pop(0)
        if values is not None:
            return {"type": "object", "additionalProperties": values}
        return closed_object(fields) if fields else {"type": "object"}


def write(kinds, definitions, name):
    """One line per kind and definition, so that a change shows in a diff."""
    lines = [f'"{kind}": {json.dumps(schema, sort_keys=True)}' for kind, schema in sorted(kinds.items())]
    shared = [f'"{n}": {json.dumps(s, sort_keys=True)}' for n, s in sorted(definitions.items())]
    text = '{"kinds": {\n' + ",\n".join(lines) + '\n},\n"$defs": {\n' + ",\n".join(shared) + "\n}}\n"
    json.loads(text)
    (FOLDER / name).write_text(text)


def cloudnative_pg(folder):
    kinds, definitions = {}, {}
    for kind, file in (("Cluster", "clusters"), ("ScheduledBackup", "scheduledbackups")):
        types = RustTypes(folder / "src" / f"{file}.rs")
        spec = types.reference(f"{kind}Spec")
        kinds[f"postgresql.cnpg.io/v1/{kind}"] = resource("postgresql.cnpg.io", kind, "v1", spec)
        definitions |= types.definitions
    write(kinds, definitions, "cloudnative-pg.json")


def typescript(folder, group, kinds_of_group, name):
    types = TypeScriptTypes(folder)
    kinds = {}
    for kind in kinds_of_group:
        text = types.sources[f"v1/I{kind}"]
        spec_name = re.search(r'"spec"\??: (\w+);', text).group(1)
        kinds[f"{group}/v1/{kind}"] = resource(group, kind, "v1", types.reference(spec_name))
    write(kinds, types.definitions, name)


if __name__ == "__main__":
    crate, prometheus, external_secrets = map(Path, sys.argv[1:])
    cloudnative_pg(crate)
    typescript(prometheus, "monitoring.coreos.com", ["ServiceMonitor", "PodMonitor", "PrometheusRule"], "prometheus-operator.json")
    typescript(external_secrets, "external-secrets.io", ["ExternalSecret", "ClusterSecretStore"], "external-secrets.json")
