"""
Writes ONNX's own backend test cases (onnx.backend.test, node and simple models) into one file that the tests read: the
models, inputs and expected outputs whose ops are all read, each at most so many bytes large.

Run: python backend-cases.py OPS OUTPUT [MOST_BYTES]
OPS is a JSON list of the ops that are read, as `tsx --conditions=@adjoint/source scripts/read-ops.ts` prints it.
The file is gzip of: the length of a JSON index as uint32 (little-endian), the index, and the bytes it refers to.
"""

import gzip
import json
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.backend.test.loader import load_model_tests

warnings.filterwarnings("ignore")
supported = set(json.loads(Path(sys.argv[1]).read_text()))
most = int(sys.argv[3]) if len(sys.argv) > 3 else 1 << 30
# Half precision is written as float32, with the relative distance of its neighbours.
kinds = {"float16": 2.0**-10, "bfloat16": 2.0**-7}


def ops(nodes):
    for node in nodes:
        yield node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
        for attribute in node.attribute:
            graphs = list(attribute.graphs)
            if attribute.type == onnx.AttributeProto.GRAPH:
                graphs.append(attribute.g)
            for graph in graphs:
                yield from ops(graph.node)


def simple():
    for case in load_model_tests(kind="simple"):
        folder = Path(case.model_dir)
        data = []
        for place in sorted(folder.glob("test_data_set_*")):
            def read(prefix, values):
                tensors = []
                for k in range(len(list(place.glob(f"{prefix}_*.pb")))):
                    proto = onnx.TensorProto()
                    try:
                        proto.ParseFromString((place / f"{prefix}_{k}.pb").read_bytes())
                        tensors.append(numpy_helper.to_array(proto))
                    except Exception:
                        return None
                return tensors
            data.append((read("input", None), read("output", None)))
        yield case.name, onnx.load(folder / "model.onnx"), data, case.rtol, case.atol


def node():
    for case in collect_testcases(None):
        yield case.name, case.model, case.data_sets, case.rtol, case.atol


blob = bytearray()
index = []
without = {}
large = []


def put(data):
    at = len(blob)
    blob.extend(data)
    return [at, len(data)]


def array(value):
    # What is no plain tensor (sequences, strings, half a byte) has no place in the file.
    if not isinstance(value, (np.ndarray, np.generic)):
        return None
    value = np.asarray(value)
    unit = kinds.get(str(value.dtype))
    if unit is not None:
        value = value.astype("float32")
    if value.dtype.kind not in "fiub" or value.dtype.itemsize > 8 or str(value.dtype) not in (
        "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"):
        return None
    stored = {"dtype": str(value.dtype), "shape": list(value.shape), "at": put(np.ascontiguousarray(value).tobytes())}
    return stored if unit is None else {**stored, "unit": unit}


for name, model, data_sets, rtol, atol in [*node(), *simple()]:
    local = {f"{f.domain}.{f.name}" if f.domain else f.name for f in model.functions}
    used = set(ops(model.graph.node)) | {op for f in model.functions for op in ops(f.node)}
    missing = sorted(used - supported - local)
    if missing:
        for op in missing:
            without.setdefault(op, []).append(name)
        continue
    before = len(blob)
    sets = []
    for inputs, outputs in data_sets:
        if inputs is None or outputs is None:
            sets = None
            break
        sets.append({"inputs": [array(v) for v in inputs], "outputs": [array(v) for v in outputs]})
    bytes_ = model.SerializeToString()
    if sets is None or any(v is None for s in sets for v in s["inputs"] + s["outputs"]):
        del blob[before:]
        without.setdefault("", []).append(name)
        continue
    case = {"name": name, "model": put(bytes_), "rtol": rtol, "atol": atol, "sets": sets}
    if len(blob) - before > most:
        del blob[before:]
        large.append(name)
        continue
    index.append(case)

head = json.dumps({"onnx": onnx.__version__, "cases": index, "large": large,
                   "without": {op: len(names) for op, names in sorted(without.items())}}).encode()
Path(sys.argv[2]).write_bytes(gzip.compress(struct.pack("<I", len(head)) + head + bytes(blob), 9, mtime=0))
print(f"{len(index)} cases of {len(index) + len(large) + len({n for v in without.values() for n in v})}, {len(large)} too large")
print("ops that are not read:", ", ".join(f"{op or '(values that are no tensors)'} ({len(v)})" for op, v in sorted(without.items())))
