"""Checks the configurations whose own programs cannot be run: Grafana's dashboards and provisioning, Vector, Loki,
OpenTelemetry collector, Jaeger. Usage: check_configurations.py FOLDER LOG, where LOG holds lines of ntsb-rest."""

import json
import sys
from pathlib import Path

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from vrl_python import VRLRuntime

folder, log = Path(sys.argv[1]), Path(sys.argv[2])


def missing_keys(written, read, path=""):
    """Keys of a dashboard that Grafana's schema does not know, or reads as something else."""
    if isinstance(written, dict):
        for key, value in written.items():
            if not isinstance(read, dict) or key not in read:
                # Encoders leave out what is empty.
                if value not in (None, "", [], {}, False, 0):
                    yield f"{path}.{key}"
            else:
                yield from missing_keys(value, read[key], f"{path}.{key}")
    elif isinstance(written, list):
        for index, value in enumerate(written):
            yield from missing_keys(value, read[index], f"{path}[{index}]")
    elif written != read:
        yield f"{path}: {written!r} became {read!r}"


for file in sorted((folder / "grafana/dashboards").glob("*.json")):
    written = json.loads(file.read_text(encoding="utf-8"))
    read = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(written)))
    problems = list(missing_keys(written, read))
    assert not problems, f"{file.name}: {problems}"
    print(f"{file.name}: {len(written['panels'])} panels agree with Grafana's schema")

files = [f for part in ("grafana", "loki", "vector", "otel", "alertmanager", "prometheus", "postgres_exporter")
         for f in (folder / part).rglob("*.y*ml")]
parsed = {str(f.relative_to(folder)): yaml.safe_load(f.read_text(encoding="utf-8")) for f in files}
assert len(parsed) > 12, parsed.keys()
print(f"{len(parsed)} YAML files parsed")

# Each data source that a dashboard uses is provisioned.
sources = {source["uid"]: source["type"] for source in parsed["grafana/provisioning/datasources/ntsb.yaml"]["datasources"]}
for file in (folder / "grafana/dashboards").glob("*.json"):
    for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
        source = panel.get("datasource")
        assert source is None or sources.get(source["uid"]) == source["type"], (file.name, source)

# A pipeline of the collector and of Jaeger uses only parts that are defined, and all of them.
for name in ("otel/collector.yaml", "otel/jaeger.yaml"):
    config = parsed[name]
    for kind in ("receivers", "processors", "exporters"):
        used = {part for pipeline in config["service"]["pipelines"].values() for part in pipeline[kind]}
        assert used == set(config[kind]), (name, kind, used, set(config[kind]))
    assert set(config["service"]["extensions"]) == set(config["extensions"]), name

# Inputs of Vector are defined, and its programs compile and run.
config = parsed["vector/vector.yaml"]
names = set(config["sources"]) | set(config["transforms"])
for part in [*config["transforms"].values(), *config["sinks"].values()]:
    assert set(part["inputs"]) <= names, part


def remap(program, line):
    return VRLRuntime().execute(program, {"message": line}).processed_event


service = (folder / "vector/parse.vrl").read_text(encoding="utf-8")
lines = log.read_text(encoding="utf-8").splitlines()
answered = [line for line in lines if '"answered"' in line]
assert answered, "the log has no line of a request"
for line in lines:
    event = remap(service, line)
    assert event["service"] == "ntsb-rest" and event["level"] in ("info", "warn", "error", "debug"), event
    assert "address:" not in json.dumps(event), event
event = remap(service, answered[0])
assert event["route"].startswith("/") and len(event["request_id"]) == 32 and event["duration_ms"] > 0, event
assert remap(service, "not JSON") == {"message": "not JSON", "level": "info", "service": "ntsb-rest"}
postgresql = config["transforms"]["postgresql_lines"]["source"]
event = remap(postgresql, json.dumps({"error_severity": "ERROR", "message": "syntax error"}))
assert (event["service"], event["level"], event["message"]) == ("postgresql", "error", "syntax error"), event
assert remap(postgresql, "not JSON")["level"] == "log"
print(f"VRL programs ran on {len(lines)} log lines")
