"""Writes pytorch.json and cnn.safetensors in src/model/weights/fixtures with PyTorch, release 1.13 or later, in float64.

Run: pip install torch numpy safetensors, then python packages/nn/scripts/pytorch-weights.py

pytorch.json has for each module its state_dict, an input and what the module makes of it in eval mode.
cnn.safetensors is the state_dict of a small convolutional network, with an input and its output as tensors beside it.
"""

import json
from pathlib import Path

import torch
from safetensors.numpy import save_file
from torch import nn

folder = Path(__file__).parent.parent / "src" / "model" / "weights" / "fixtures"
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def randomize(module):
    """No tensor stays at zeros or ones, which would hide one that is taken for another."""
    for name, x in module.state_dict().items():
        if name.endswith("running_var"):
            x.uniform_(0.5, 2)
        elif x.is_floating_point():
            x.normal_(0, 0.5)
    return module.eval()


def values(x):
    return {"shape": list(x.shape), "data": x.detach().flatten().tolist()}


class First(nn.Module):
    """The outputs of a recurrent layer or of attention, without its states."""

    def __init__(self, **layer):
        super().__init__()
        [(self.name, module)] = layer.items()
        self.add_module(self.name, module)

    def forward(self, x):
        layer = getattr(self, self.name)
        return (layer(x, x, x) if isinstance(layer, nn.MultiheadAttention) else layer(x))[0]


class Last(First):
    """The outputs of a recurrent layer after its last steps, of both directions if there are two."""

    def forward(self, x):
        states = getattr(self, self.name)(x)[1]
        h = states[0] if isinstance(states, tuple) else states
        return torch.cat(list(h), dim=1)


class Turned(nn.Module):
    """A module of [N, C, T] for sequences [N, T, C]."""

    def __init__(self, module):
        super().__init__()
        self.inner = module

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


class Positions(nn.Module):
    def __init__(self, steps, units):
        super().__init__()
        self.wpe = nn.Embedding(steps, units)

    def forward(self, x):
        return x + self.wpe(torch.arange(x.shape[1]))


class Bottleneck(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(self.bn1(self.conv1(x))) + x


cases = {
    "affine": (nn.Sequential(nn.Linear(4, 3)), torch.randn(2, 4)),
    "affine without bias": (nn.Sequential(nn.Linear(4, 3, bias=False)), torch.randn(2, 4)),
    "affine of every step": (nn.Sequential(nn.Linear(4, 3)), torch.randn(2, 5, 4)),
    "affine of a flattened image": (nn.Sequential(nn.Flatten(), nn.Linear(12, 3)), torch.randn(2, 2, 3, 2)),
    "convolution": (nn.Sequential(nn.Conv2d(2, 3, (3, 2), stride=(1, 2), padding=(1, 0))), torch.randn(2, 2, 5, 4)),
    "convolution in groups": (nn.Sequential(nn.Conv2d(4, 6, 3, groups=2)), torch.randn(2, 4, 4, 5)),
    "depthwise convolution": (nn.Sequential(nn.Conv2d(3, 6, 2, groups=3, bias=False)), torch.randn(2, 3, 3, 4)),
    "transposedConvolution": (
        nn.Sequential(nn.ConvTranspose2d(2, 3, (3, 2), stride=2, padding=1, output_padding=(1, 0))),
        torch.randn(2, 2, 3, 4),
    ),
    "batchNormalization of rows": (nn.Sequential(nn.BatchNorm1d(4, eps=1e-5)), torch.randn(3, 4)),
    "batchNormalization of images": (nn.Sequential(nn.BatchNorm2d(3, eps=1e-3)), torch.randn(2, 3, 2, 4)),
    "layerNormalization": (nn.Sequential(nn.LayerNorm(4)), torch.randn(2, 3, 4)),
    "layerNormalization of images": (nn.Sequential(nn.LayerNorm((2, 3, 2), eps=1e-3)), torch.randn(2, 2, 3, 2)),
    "groupNormalization": (nn.Sequential(nn.GroupNorm(2, 4)), torch.randn(2, 4, 3, 2)),
    "embedding": (nn.Sequential(nn.Embedding(5, 3)), torch.tensor([[0, 4, 2], [1, 1, 3]])),
    "positionEmbedding": (Positions(3, 4), torch.randn(2, 3, 4)),
    "lstm": (First(rnn=nn.LSTM(3, 2, batch_first=True)), torch.randn(2, 4, 3)),
    "two lstms in one": (First(rnn=nn.LSTM(3, 2, num_layers=2, batch_first=True)), torch.randn(2, 4, 3)),
    "gru": (First(rnn=nn.GRU(3, 2, batch_first=True)), torch.randn(2, 4, 3)),
    "multiHeadAttention": (First(attn=nn.MultiheadAttention(6, 2, batch_first=True)), torch.randn(2, 4, 6)),
    "blocks": (
        nn.Sequential(nn.Sequential(Bottleneck(2), Bottleneck(2)), nn.Flatten(), nn.Linear(12, 3)),
        torch.randn(2, 2, 3, 2),
    ),
}
fixture = {}


def add(cases):
    for name, (module, x) in cases.items():
        randomize(module)
        state = {key: values(value) for key, value in module.state_dict().items()}
        fixture[name] = {"tensors": state, "input": values(x), "output": values(module(x))}


add(cases)
# These have a seed of their own, so that cases can be added without changing those above.
torch.manual_seed(1)
both = {"batch_first": True, "bidirectional": True}
more = {
    "convolution with pad same": (
        nn.Sequential(nn.Conv2d(2, 3, (4, 3), padding="same", dilation=(1, 2))),
        torch.randn(2, 2, 5, 6),
    ),
    "convolution of one dimension": (Turned(nn.Conv1d(3, 4, 3, stride=2, padding=1)), torch.randn(2, 6, 3)),
    "convolution of one dimension in groups": (
        Turned(nn.Conv1d(4, 4, 4, padding="same", groups=2, bias=False)),
        torch.randn(2, 5, 4),
    ),
    "max pooling without its pad": (
        nn.Sequential(nn.Conv2d(1, 2, 2), nn.MaxPool2d(3, stride=2, padding=1)),
        torch.randn(2, 1, 6, 7) - 3,
    ),
    "average pooling without its pad": (
        nn.Sequential(nn.Conv2d(1, 2, 2), nn.AvgPool2d((3, 2), stride=2, padding=(1, 0), count_include_pad=False)),
        torch.randn(2, 1, 6, 7),
    ),
    "normalizations without parameters": (
        nn.Sequential(
            nn.BatchNorm2d(4, eps=1e-5, affine=False),
            nn.GroupNorm(2, 4, affine=False),
            nn.LayerNorm((4, 3, 2), elementwise_affine=False),
        ),
        torch.randn(2, 4, 3, 2),
    ),
    "layerNormalization without shift": (nn.Sequential(nn.LayerNorm(4, bias=False)), torch.randn(2, 3, 4)),
    "rnn": (First(rnn=nn.RNN(3, 2, batch_first=True)), torch.randn(2, 4, 3)),
    "rnn with relu": (First(rnn=nn.RNN(3, 2, batch_first=True, nonlinearity="relu")), torch.randn(2, 4, 3)),
    "bidirectional rnn": (First(rnn=nn.RNN(3, 2, **both)), torch.randn(2, 4, 3)),
    "bidirectional lstm": (First(rnn=nn.LSTM(3, 2, **both)), torch.randn(2, 4, 3)),
    "bidirectional gru": (First(rnn=nn.GRU(3, 2, **both)), torch.randn(2, 4, 3)),
    "the last of a bidirectional lstm": (Last(rnn=nn.LSTM(3, 2, **both)), torch.randn(2, 4, 3)),
}
add(more)
(folder / "pytorch.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")

cnn = nn.Sequential()
cnn.add_module(
    "features",
    nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4, eps=1e-5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, groups=2, bias=False),
        nn.BatchNorm2d(6, eps=1e-5),
        nn.ReLU(),
        nn.AvgPool2d(2),
    ),
)
cnn.add_module("classifier", nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(24, 8), nn.ReLU(), nn.Linear(8, 3)))
randomize(cnn)
x = torch.randn(2, 1, 12, 12)
tensors = {name: x.numpy() for name, x in cnn.state_dict().items()}
save_file({**tensors, "example.input": x.numpy(), "example.output": cnn(x).detach().numpy()}, folder / "cnn.safetensors")
