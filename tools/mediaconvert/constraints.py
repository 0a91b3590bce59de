"""Writes what the API model of MediaConvert says of numbers and texts, member by member: the SDK for JavaScript carries members
and enumerations, but neither ranges nor patterns. Run it by the engine's Python, where botocore is:

    .local/venv/bin/python tools/mediaconvert/constraints.py > test/support/mediaconvert-constraints.json
"""

import json
import re

import botocore
import botocore.loaders

model = botocore.loaders.Loader().load_service_model("mediaconvert", "service-2")
shapes = model["shapes"]
reached = set()


def reach(name):
    if name in reached:
        return
    reached.add(name)
    shape = shapes[name]
    for member in shape.get("members", {}).values():
        reach(member["shape"])
    for part in ("member", "key", "value"):
        if part in shape:
            reach(shape[part]["shape"])


def number(text):
    return -float(text[8:]) if text.startswith("Negative") else float(text)


def constraint(name):
    shape = shapes[name]
    found = {key: shape[key] for key in ("min", "max", "pattern") if key in shape}
    if shape["type"] in ("integer", "long"):
        found["whole"] = True
    if shape["type"] == "double":
        # Of these the range is in the name alone: __doubleMin0Max1, __doubleMinNegative60Max6.
        for key, bound in re.findall(r"(Min|Max)((?:Negative)?\d+)", name):
            found[key.lower()] = number(bound)
    return found


reach("CreateJobRequest")
constraints = {}
for name in sorted(reached):
    for member, reference in shapes[name].get("members", {}).items():
        shape = shapes[reference["shape"]]
        found = constraint(reference["shape"])
        if found:
            constraints[f"{name}.{member}"] = found
        if "member" in shape and constraint(shape["member"]["shape"]):
            constraints[f"{name}.{member}[]"] = constraint(shape["member"]["shape"])

print(
    json.dumps(
        {
            "source": f"botocore {botocore.__version__}, MediaConvert {model['metadata']['apiVersion']}",
            "constraints": constraints,
        },
        indent=2,
    )
)
