"""
Trains a small network of PyTorch to tell the slope of strokes, and writes it as strokes.onnx.

Run: python make_model.py     (needs torch and onnx)
"""

import math
from pathlib import Path

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(64, 10),
)


def strokes(count):
    """Images of 8 x 8 pixels with a stroke each, at one of ten slopes, and the number of its slope."""
    t = torch.randint(0, 10, (count,))
    angle = (t + torch.rand(count) - 0.5) * math.pi / 10
    place = torch.arange(8) - 3.5
    y, x = place[:, None], place[None, :]
    middle = torch.rand(count, 2, 1, 1) * 3 - 1.5
    away = (x - middle[:, 0]) * torch.sin(angle)[:, None, None] - (y - middle[:, 1]) * torch.cos(angle)[:, None, None]
    return torch.exp(-away.square())[:, None], t


optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(500):
    x, t = strokes(64)
    loss = nn.functional.cross_entropy(model(x), t)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

model.eval()
x, t = strokes(1000)
print(f"accuracy on strokes: {(model(x).argmax(1) == t).float().mean():.2f}")
torch.onnx.export(
    model, (x[:2],), Path(__file__).with_name("strokes.onnx"), dynamo=False, opset_version=17,
    input_names=["image"], output_names=["scores"], dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}},
)
