"""Writes src/formats/pickle/fixtures/pickles.json: pickles of arrays by every protocol, and pickles that must be refused."""

import base64
import json
import os
import pathlib
import pickle
from collections import OrderedDict

import numpy as np

params = {
    "W1": np.arange(6, dtype=np.float32).reshape(2, 3) - 2.5,
    "b1": np.array([0.5, -0.25], dtype=np.float64),
    "fortran": np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
    "big": np.arange(3, dtype=">i2"),
    "labels": np.array([0, 200, 255], dtype=np.uint8),
    "flags": np.array([True, False]),
    "empty": np.zeros((0, 4), dtype=np.float32),
    "scalar": np.float64(2.5),
    "rate": 0.01,
    "steps": 100_000,
    "wide": -(2**40),
    "name": "multi-layer é",
    "nothing": None,
    "shape": (2, [3, True]),
}


def old(data):
    """The names that NumPy had before version 2."""
    return data.replace(b"numpy._core", b"numpy.core")


class Command:
    def __reduce__(self):
        return os.system, ("echo executed",)


class Plain:
    pass


encode = lambda data: base64.b64encode(data).decode()
shared = np.ones(2, dtype=np.float32)
refused = {
    "a command": pickle.dumps({"W1": Command()}, protocol=4),
    "a command, protocol 0": pickle.dumps(Command(), protocol=0),
    "an object": pickle.dumps(Plain(), protocol=2),
    "a set": pickle.dumps({1, 2}, protocol=4),
    "objects": pickle.dumps(np.array([{}], dtype=object), protocol=4),
    "strings": pickle.dumps(np.array(["a"]), protocol=4),
    "complex": pickle.dumps(np.array([1j]), protocol=4),
    "large": pickle.dumps(2**80, protocol=4),
    "too large": pickle.dumps(np.array([2**40]), protocol=4),
    "builtin": b"cbuiltins\neval\n(V1+1\ntR.",
    "persistent": b"\x80\x02X\x01\x00\x00\x00aQ.",
    "instance": b"(ios\nsystem\n.",
    "itself": pickle.dumps((lambda x: (x.append(x), x)[1])([]), protocol=4),
}
content = {
    "protocols": {
        **{f"protocol {p}": encode(pickle.dumps(params, protocol=p)) for p in [2, 3, 4, 5]},
        "protocol 3, NumPy 1": encode(old(pickle.dumps(params, protocol=3))),
        "protocol 0": encode(pickle.dumps(params, protocol=0)),
        "protocol 1": encode(pickle.dumps(params, protocol=1)),
    },
    "shared": encode(pickle.dumps({"a": shared, "b": shared}, protocol=4)),
    "ordered": encode(pickle.dumps(OrderedDict(a=shared), protocol=4)),
    "single": encode(pickle.dumps(shared, protocol=4)),
    "refused": {name: encode(data) for name, data in refused.items()},
}
folder = pathlib.Path(__file__).parent.parent / "src/formats/pickle/fixtures"
folder.mkdir(parents=True, exist_ok=True)
(folder / "pickles.json").write_text(json.dumps(content, indent=0) + "\n")
