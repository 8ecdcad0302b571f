"""
Writes small networks of PyTorch as ONNX files, exported both ways that PyTorch has, and what they give for some inputs.

Run: python torch-exports.py FOLDER     (needs torch, onnx and onnxscript)
"""

import json
import sys
import warnings
from pathlib import Path

import onnx
import torch
from torch import nn

warnings.filterwarnings("ignore")
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


class Convolutional(nn.Module):
    """A classifier of 8 × 8 digits: convolution, batch normalization, pooling, a residual, fully connected layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 6, 3, padding="same", groups=2)
        self.pool = nn.MaxPool2d(2)
        self.average = nn.AvgPool2d(3, stride=2, padding=1)
        self.drop = nn.Dropout(0.3)
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(24, 16), nn.GELU(), nn.Linear(16, 10))

    def forward(self, x):
        x = torch.relu(self.norm(self.conv1(x)))
        x = self.pool(x + torch.nn.functional.silu(self.conv2(x)))
        return self.classifier(self.drop(self.average(x)))


class Recurrent(nn.Module):
    """A language model: embedding, a two-layer LSTM in both directions, a GRU, scores for every position."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 5)
        self.lstm = nn.LSTM(5, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(8, 6, batch_first=True)
        self.out = nn.Linear(6, 11)

    def forward(self, tokens):
        y, _ = self.lstm(self.embedding(tokens))
        y, _ = self.gru(y)
        return self.out(y)


class Encoder(nn.Module):
    """A transformer encoder, its mean over positions classified."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True, activation="gelu")
        self.position = nn.Parameter(torch.randn(1, 6, 8) * 0.1)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.encoder(x + self.position).mean(dim=1))


index = {}


def export(name, model, x, batch):
    model.eval()
    # Fresh running statistics are 0 and 1: move them, so that they show.
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    shape = {0: "batch"}
    paths = {"dynamo": folder / f"{name}-dynamo.onnx", "legacy": folder / f"{name}-legacy.onnx"}
    torch.onnx.export(model, (x,), paths["dynamo"], dynamo=True, external_data=False, verbose=False,
                      input_names=["input"], output_names=["output"],
                      dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=4096)},))
    torch.onnx.export(model, (x,), paths["legacy"], dynamo=False, opset_version=17,
                      input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": shape, "output": shape})
    without_traces(paths["dynamo"])
    with torch.no_grad():
        y = model(batch)
    # The gradient of the sum of squares with respect to two parameters that exporters leave as they are: convolutions are
    # joined with the normalization behind them, and weights of linear layers transposed.
    model(batch).square().sum().backward()
    grads = {n: p.grad.numpy().ravel().tolist() for n, p in model.named_parameters() if p.grad is not None}
    kept = [n for n in grads if n in ("conv2.weight", "embedding.weight", "position") or n.endswith(".3.bias")
            or n in ("out.bias", "head.bias")]
    index[name] = {
        "input": {"shape": list(batch.shape), "integer": not batch.is_floating_point(),
                  "values": [round(float(v), 6) for v in batch.numpy().ravel()]},
        "output": {"shape": list(y.shape), "values": [float(v) for v in y.numpy().ravel()]},
        "gradients": {n: [float(v) for v in grads[n]] for n in kept},
    }


def without_traces(path):
    """Leaves out the exporter's notes about lines of Python, which are most of its files and name folders."""
    model = onnx.load(path)
    for nodes in [model.graph.node, *[f.node for f in model.functions]]:
        for node in nodes:
            del node.metadata_props[:]
    del model.graph.value_info[:]
    del model.metadata_props[:]
    onnx.save(model, path)


def numbers(*shape):
    # Six digits, so that the file has them exactly as they were used.
    return torch.round(torch.randn(*shape) * 1e4) / 1e4


torch.manual_seed(0)
export("convolutional", Convolutional(), torch.zeros(2, 1, 8, 8), numbers(3, 1, 8, 8))
export("recurrent", Recurrent(), torch.zeros(2, 7, dtype=torch.int64), torch.randint(0, 11, (3, 7)))
export("encoder", Encoder(), torch.zeros(2, 6, 8), numbers(4, 6, 8))
(folder / "expected.json").write_text(json.dumps({"torch": torch.__version__, "models": index}) + "\n")
print({p.name: p.stat().st_size for p in sorted(folder.iterdir())})
