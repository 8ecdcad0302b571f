"""Writes src/formats/numpy/fixtures: arrays as NumPy saves them, beside their values. Run with NumPy 2 installed."""

import base64
import io
import json
import pathlib

import numpy as np

folder = pathlib.Path(__file__).parent.parent / "src/formats/numpy/fixtures"
folder.mkdir(parents=True, exist_ok=True)


def plain(x):
    """Values as JSON holds them: in row-major order, what is no number as a string."""
    flat = np.asarray(x).ravel(order="C").tolist()
    return [v if isinstance(v, (bool, int)) or np.isfinite(v) and not (v == 0 and np.signbit(v)) else str(v) for v in flat]


def saved(x, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(x), version=version, allow_pickle=True)
    return base64.b64encode(file.getvalue()).decode()


reals = [0, -0.0, 1.5, -2.25, float("inf"), float("nan")]
arrays = {}
for order in "<>":
    for kind in ["f2", "f4", "f8"]:
        arrays[f"{order}{kind}"] = np.array(reals, dtype=order + kind).reshape(2, 3)
    for kind, bits in [("i2", 15), ("i4", 31), ("i8", 31), ("u2", 16), ("u4", 31), ("u8", 31)]:
        low = 0 if kind[0] == "u" else -(2**bits)
        arrays[f"{order}{kind}"] = np.array([low, 0, 1, 258, 2**bits - 1], dtype=order + kind)
arrays["i1"] = np.array([-128, 0, 127], dtype="i1")
arrays["u1"] = np.array([0, 128, 255], dtype="u1")
arrays["bool"] = np.array([[True, False], [False, True]])
arrays["single number"] = np.array(2.5)
arrays["empty"] = np.zeros((0, 3), dtype="f4")
arrays["fortran"] = np.asfortranarray(np.arange(24, dtype="f8").reshape(2, 3, 4))
arrays["many axes"] = np.arange(16, dtype="i4").reshape((1, 2) * 4)

entries = [
    {"name": name, "file": saved(x, version), "shape": x.shape, "kind": x.dtype.kind, "values": plain(x)}
    for name, x in arrays.items()
    for version in ([None, (2, 0), (3, 0)] if name == "fortran" else [None])
]
ours = [
    {"dtype": name, "shape": x.shape, "values": plain(x), "file": saved(x)}
    for name, x in [
        ("float32", np.array([[1.5, -0.0], [3e38, 1e-45]], dtype="f4")),
        ("float64", np.array(0.1)),
        ("int32", np.arange(6, dtype="i4").reshape(1, 2, 3)),
        ("bool", np.array([True, False])),
        ("float32", np.zeros((1000, 0), dtype="f4")),
    ]
]
wide = np.array([2**53 - 1, -(2**53) + 1, 2**40, -1, 0])
refused = {
    "object": np.array([{}, 1], dtype=object),
    "complex": np.array([1j]),
    "bytes": np.array([b"ab"]),
    "strings": np.array(["ab"]),
    "dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "times": np.array([1], dtype="m8[s]"),
    "fields": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "extended": np.array([1], dtype=np.longdouble),
    "too large": np.array([1, 2**31]),
    "unsigned and too large": np.array([2**32 - 1], dtype="u4"),
}


def zipped(save):
    file = io.BytesIO()
    save(file, x=arrays["fortran"], **{"labels/of t": arrays["u1"], "zeros": np.zeros(300)})
    return base64.b64encode(file.getvalue()).decode()


content = {
    "arrays": entries,
    "ours": ours,
    "wide": {"file": saved(wide), "values": wide.tolist()},
    "unsigned": {"file": saved(wide[:1].astype("u8")), "values": wide[:1].tolist()},
    "refused": {name: saved(x) for name, x in refused.items()},
    "npz": {"stored": zipped(np.savez), "compressed": zipped(np.savez_compressed)},
}
(folder / "numpy.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")
