"""Validates rendered manifests and prints them as JSON.

Standard input: {"schemas": FOLDER, "renders": [{"name": NAME, "version": KUBERNETES, "file": PATH}, ...]}
Standard output: {"errors": [TEXT, ...], "checked": COUNT, "custom": COUNT, "manifests": {NAME: [MANIFEST, ...]}}

Kubernetes' own kinds are validated against the strict schemas of the version (package kubernetes-validate),
custom resources against FOLDER/*.json (see schemas/generate.py). A kind without a schema is an error.
"""
import functools
import json
import sys
from pathlib import Path

import jsonschema
import kubernetes_validate.utils as kubernetes
import yaml

# It reads a megabyte of definitions for each manifest.
kubernetes.schema_contents = functools.lru_cache(maxsize=None)(kubernetes.schema_contents)


class UniqueKeys(yaml.CSafeLoader):
    """Refuses a mapping with a key twice, of which YAML readers silently drop one."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1 and key != "<<"}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"duplicate key {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


UniqueKeys.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node, deep=True))


def custom_validators(folder):
    validators = {}
    for path in sorted(Path(folder).glob("*.json")):
        schemas = json.loads(path.read_text())
        for kind, schema in schemas["kinds"].items():
            whole = {**schema, "$defs": schemas["$defs"]}
            validators[kind] = jsonschema.Draft202012Validator(whole)
    return validators


def first_error(manifest, version, custom):
    """None, or what is wrong."""
    kind = f"{manifest['apiVersion']}/{manifest['kind']}"
    if kind in custom:
        errors = sorted(custom[kind].iter_errors(manifest), key=lambda error: list(map(str, error.path)))
        return f"{'.'.join(map(str, errors[0].path))}: {errors[0].message}" if errors else None
    try:
        kubernetes.validate(manifest, version, strict=True)
    except jsonschema.ValidationError as error:
        return f"{'.'.join(map(str, error.path))}: {error.message}"
    except kubernetes.SchemaNotFoundError:
        return "no schema"
    return None


def main():
    job = json.load(sys.stdin)
    custom = custom_validators(job["schemas"])
    result = {"errors": [], "checked": 0, "custom": 0, "manifests": {}}
    for render in job["renders"]:
        name, version = render["name"], render["version"]
        with open(render["file"]) as file:
            manifests = [manifest for manifest in yaml.load_all(file, UniqueKeys) if manifest]
        result["manifests"].setdefault(name, manifests)
        for manifest in manifests:
            error = first_error(manifest, version, custom)
            result["checked"] += 1
            result["custom"] += f"{manifest['apiVersion']}/{manifest['kind']}" in custom
            if error:
                title = f"{manifest['kind']}/{manifest['metadata']['name']}"
                result["errors"].append(f"{name}, Kubernetes {version}: {title}: {error}")
    json.dump(result, sys.stdout)


main()
