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


class Pixels(nn.Module):
    """A small U-Net: down by pooling, up by a transposed convolution and by interpolation, joined with what was before."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1)
        self.up = nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1)
        self.out = nn.Conv2d(14, 2, 1)

    def forward(self, x):
        a = torch.relu(self.down(x))
        b = torch.relu(self.conv2(nn.functional.max_pool2d(a, 2)))
        wide = nn.functional.interpolate(b, scale_factor=2, mode="bilinear", align_corners=False)
        return self.out(torch.cat([a, self.up(b), wide], 1))


class Causal(nn.Module):
    """A language model whose positions see those before them alone; scores share the weights of the embedding."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 8)
        self.position = nn.Parameter(torch.randn(1, 6, 8) * 0.1)
        self.norm = nn.LayerNorm(8)
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.position[:, : tokens.shape[1]]
        q, k, v = (u.unflatten(2, (2, 4)).transpose(1, 2) for u in self.qkv(self.norm(x)).split(8, 2))
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return (x + self.out(y.transpose(1, 2).flatten(2))) @ self.embedding.weight.T


class Volumes(nn.Module):
    """Volumes, convolved with strides and back."""

    def __init__(self):
        super().__init__()
        self.conv2 = nn.Conv3d(2, 3, 3, padding=1, stride=(1, 2, 1))
        self.pool = nn.MaxPool3d((2, 1, 2))
        self.up = nn.ConvTranspose3d(3, 2, 2, 2)

    def forward(self, x):
        return self.up(self.pool(torch.relu(self.conv2(x))))


class Steps(nn.Module):
    """A loop of as many steps as there are tokens, and a branch by the number of axes: for torch.jit.script."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 4)
        self.out = nn.Linear(8, 4)

    def forward(self, tokens):
        h = torch.zeros(tokens.shape[0], 4)
        for i in range(tokens.shape[1]):
            h = torch.tanh(self.out(torch.cat([self.embedding(tokens[:, i]), h], 1)))
        if tokens.dim() == 2:
            h = h * 2
        else:
            h = h.sum(1)
        return h


class Sampled(nn.Module):
    """Images that a network turns and moves before they are looked at: affine grids, and samples of three kinds."""

    def __init__(self):
        super().__init__()
        self.out = nn.Linear(30, 6)
        self.conv2 = nn.Conv2d(3, 2, 3)

    def forward(self, x):
        theta = self.out(x.flatten(1)).unflatten(1, (2, 3)) * 0.2 + torch.tensor([[1.2, 0, 0], [0, 0.9, 0.1]])
        grid = nn.functional.affine_grid(theta, (x.shape[0], 1, 4, 5), align_corners=True)
        samples = [nn.functional.grid_sample(x, grid, mode, padding, align_corners=corners)
                   for mode, padding, corners in [("bilinear", "zeros", False), ("bicubic", "border", True),
                                                  ("nearest", "reflection", False)]]
        return self.conv2(torch.cat(samples, 1))


class Lists(nn.Module):
    """Lists of tensors, cut and collected: for torch.jit.script."""

    def __init__(self):
        super().__init__()
        self.out = nn.Linear(3, 3)

    def forward(self, x):
        parts = torch.split(x, 2, 1)
        made = [parts[0]]
        for part in parts:
            made.append(torch.tanh(self.out(part)) + made[-1])
        first, second = torch.chunk(torch.stack(made), 2, 2)
        return torch.cat([first * second, made[-1][:, :1].unsqueeze(0)])


index = {}


def export(name, model, x, batch, ways=("dynamo", "legacy"), opset=17):
    model.eval()
    # Fresh running statistics are 0 and 1: move them, so that they show.
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    shape = {0: "batch"}
    paths = {"dynamo": folder / f"{name}-dynamo.onnx", "legacy": folder / f"{name}-legacy.onnx"}
    if "dynamo" in ways:
        torch.onnx.export(model, (x,), paths["dynamo"], dynamo=True, external_data=False, verbose=False,
                          input_names=["input"], output_names=["output"],
                          dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=4096)},))
        without_traces(paths["dynamo"])
    torch.onnx.export(model, (x,), paths["legacy"], dynamo=False, opset_version=opset,
                      input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": shape, "output": shape})
    with torch.no_grad():
        y = model(batch)
    # The gradient of the sum of squares with respect to two parameters that exporters leave as they are: convolutions are
    # joined with the normalization behind them, and weights of linear layers transposed.
    model(batch).square().sum().backward()
    grads = {n: p.grad.numpy().ravel().tolist() for n, p in model.named_parameters() if p.grad is not None}
    kept = [n for n in grads if n in ("conv2.weight", "embedding.weight", "position") or n.endswith(".3.bias")
            or n in ("out.bias", "head.bias")]
    if isinstance(model, Causal):
        kept.remove("embedding.weight")  # The exporter writes shared weights twice, one of them transposed.
    index[name] = {
        "ways": list(ways),
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
# One exporter is enough for these: their files are larger than what they show.
export("pixels", Pixels(), torch.zeros(2, 1, 8, 8), numbers(2, 1, 8, 8), ["legacy"])
export("causal", Causal(), torch.zeros(2, 6, dtype=torch.int64), torch.randint(0, 9, (3, 6)), ["legacy"])
export("volumes", Volumes(), torch.zeros(2, 2, 4, 6, 4), numbers(2, 2, 4, 6, 4), ["legacy"])
export("steps", torch.jit.script(Steps()), torch.zeros(2, 5, dtype=torch.int64), torch.randint(0, 9, (3, 5)), ["legacy"])
export("sampled", Sampled(), torch.zeros(2, 1, 5, 6), numbers(3, 1, 5, 6), ["legacy"], 20)
export("lists", torch.jit.script(Lists()), torch.zeros(2, 6, 3), numbers(3, 6, 3), ["legacy"])
(folder / "expected.json").write_text(json.dumps({"torch": torch.__version__, "models": index}) + "\n")
print({p.name: p.stat().st_size for p in sorted(folder.iterdir())})
