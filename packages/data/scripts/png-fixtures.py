"""Writes src/images/fixtures/png.json: PNG images of all kinds beside their pixels. Needs Pillow and pypng."""

import base64
import io
import json
import pathlib

import numpy as np
import png
from PIL import Image

rng = np.random.default_rng(3)
h, w = 11, 13
images = {}


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


grey = rng.integers(0, 256, (h, w), dtype=np.uint8)
color = rng.integers(0, 256, (h, w, 3), dtype=np.uint8)
alpha = rng.integers(0, 256, (h, w, 4), dtype=np.uint8)
deep = rng.integers(0, 65536, (h, w), dtype=np.uint16)
bits = rng.integers(0, 2, (h, w), dtype=np.uint8)
images["grey"] = (saved(Image.fromarray(grey)), grey[None], 255)
images["grey and alpha"] = (saved(Image.fromarray(alpha[:, :, :2], "LA")), alpha[:, :, :2].transpose(2, 0, 1), 255)
images["color"] = (saved(Image.fromarray(color)), color.transpose(2, 0, 1), 255)
images["color and alpha"] = (saved(Image.fromarray(alpha)), alpha.transpose(2, 0, 1), 255)
images["16 bits"] = (saved(Image.fromarray(deep)), deep[None], 65535)
images["1 bit"] = (saved(Image.fromarray(bits * 255).convert("1")), bits[None] * 255, 255)
for count in [2, 4, 16, 256]:
    indices = rng.integers(0, count, (h, w), dtype=np.uint8)
    colors = rng.integers(0, 256, (count, 3), dtype=np.uint8)
    image = Image.fromarray(indices, "P")
    image.putpalette(colors.ravel().tolist())
    depth = {2: 1, 4: 2, 16: 4, 256: 8}[count]
    images[f"palette of {count}"] = (saved(image, bits=depth), colors[indices].transpose(2, 0, 1), 255)
    if count == 16:
        see = rng.integers(0, 256, 16, dtype=np.uint8)
        pixels = np.concatenate([colors[indices], see[indices][:, :, None]], axis=2)
        images["palette with alpha"] = (saved(image, bits=4, transparency=bytes(see)), pixels.transpose(2, 0, 1), 255)



def interlaced(rows, **options):
    file = io.BytesIO()
    png.Writer(width=w, height=h, interlace=True, **options).write(file, rows.reshape(h, -1).tolist())
    return file.getvalue()


for depth in [1, 2, 4, 8, 16]:
    x = rng.integers(0, 2**depth, (h, w))
    most = 65535 if depth == 16 else 255
    images[f"{depth} bits, interlaced"] = (interlaced(x, bitdepth=depth, greyscale=True), x[None] * most // (2**depth - 1), most)
images["color and alpha, interlaced"] = (interlaced(alpha, bitdepth=8, greyscale=False, alpha=True), alpha.transpose(2, 0, 1), 255)
indices = rng.integers(0, 4, (h, w))
colors = rng.integers(0, 256, (4, 3))
images["palette of 4, interlaced"] = (
    interlaced(indices, bitdepth=2, palette=[tuple(map(int, color)) for color in colors]),
    colors[indices].transpose(2, 0, 1),
    255,
)

entries = [
    {"name": name, "file": base64.b64encode(file).decode(), "shape": x.shape, "values": x.ravel().tolist(), "largest": most}
    for name, (file, x, most) in images.items()
]
folder = pathlib.Path(__file__).parent.parent / "src/images/fixtures"
folder.mkdir(parents=True, exist_ok=True)
(folder / "png.json").write_text(json.dumps({"images": entries}, separators=(",", ":")) + "\n")
