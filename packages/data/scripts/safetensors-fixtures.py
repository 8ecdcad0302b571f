"""Writes src/formats/safetensors/fixtures with the Python library, release 0.8.0, and NumPy.

Run: pip install safetensors==0.8.0 numpy, then python packages/data/scripts/safetensors-fixtures.py

native.safetensors holds the types that a tensor has as they are; encodeSafetensors must write the same bytes.
widened.safetensors holds those that are only read. The .json files beside them say what the tensors are: numbers as
Python writes them, since JSON has neither NaN nor -0.
"""

import json
from pathlib import Path

import numpy as np
from safetensors import TensorSpec, serialize
from safetensors.numpy import save

folder = Path(__file__).parent.parent / "src" / "formats" / "safetensors" / "fixtures"
folder.mkdir(exist_ok=True)


def write(name, file, tensors):
    (folder / f"{name}.safetensors").write_bytes(file)
    expected = {
        key: {"dtype": x.dtype.name, "shape": x.shape, "values": [repr(v.item()) for v in x.ravel()]}
        for key, x in tensors.items()
    }
    (folder / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")


special = [0.0, -0.0, np.inf, -np.inf, np.nan, 0.1, 1e-310, 1e308]
with np.errstate(over="ignore"):
    native = {
        "layer.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 7,
        "layer.bias": np.array(special, np.float64).astype(np.float32),
        "double": np.array(special, np.float64).reshape(2, 1, 4),
        "scalar": np.array(2.5, np.float64),
        "empty": np.zeros((0, 3), np.float32),
        "indices": np.array([-(2**31), -1, 0, 2**31 - 1], np.int32),
        "mask": np.array([[True], [False], [True]]),
        "__proto__": np.array([1], np.int32),
        "constructor": np.array([2], np.int32),
        # U+FFFD comes before U+1D4B3 by code points, after it by UTF-16.
        "\ufffd": np.array([3], np.int32),
        "\U0001d4b3": np.array([4], np.int32),
        'quote " backslash \\ line\n\t\x01\x7f': np.array([5], np.int32),
        "": np.array([6], np.int32),
    }
write("native", save(native, metadata={"made by": "safetensors 0.8.0 \u2028 \"é\""}), native)

halves = np.array([0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0xC248, 0x7BFF, 0x7C00, 0xFC00, 0x7E00], np.uint16)
brains = np.array([0x0000, 0x8000, 0x0001, 0x3F80, 0xC049, 0x7F7F, 0x7F80, 0xFF80, 0x7FC0], np.uint16)
raw = {
    "F16": ("float16", halves, halves.view(np.float16).astype(np.float32)),
    "BF16": ("bfloat16", brains, (brains.astype(np.uint32) << 16).view(np.float32)),
    "I8": ("int8", np.array([-128, -1, 0, 127], np.int8), None),
    "U8": ("uint8", np.array([0, 1, 255], np.uint8), None),
    "I16": ("int16", np.array([-(2**15), -1, 2**15 - 1], np.int16), None),
    "U16": ("uint16", np.array([0, 2**16 - 1], np.uint16), None),
    "U32": ("uint32", np.array([0, 2**31 - 1], np.uint32), None),
    "I64": ("int64", np.array([-(2**31), -1, 0, 2**31 - 1], np.int64), None),
    "U64": ("uint64", np.array([0, 2**31 - 1], np.uint64), None),
}
specs = {
    k: TensorSpec(dtype=d, shape=list(x.shape), data_ptr=x.ctypes.data, data_len=x.nbytes) for k, (d, x, _) in raw.items()
}
file = serialize(specs)
write("widened", file, {k: x.astype(np.int32) if y is None else y for k, (_, x, y) in raw.items()})
