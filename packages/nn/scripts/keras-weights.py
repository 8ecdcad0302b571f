"""Writes keras.json in src/model/weights/fixtures with Keras, release 3.15 on TensorFlow or PyTorch, in float64.

Run: pip install keras tensorflow-cpu, then KERAS_BACKEND=tensorflow python packages/nn/scripts/keras-weights.py

For each model: its weights by their paths, an input and what the model makes of it; images as [N, C, H, W].
"""

import json
from pathlib import Path

import keras
import numpy as np
from keras import layers as L

folder = Path(__file__).parent.parent / "src" / "model" / "weights" / "fixtures"
keras.backend.set_floatx("float64")
random = np.random.default_rng(0)


def values(x):
    x = keras.ops.convert_to_numpy(x)
    return {"shape": list(x.shape), "data": x.ravel().tolist()}


def first(x):
    """Images with their channels first."""
    x = keras.ops.convert_to_numpy(x)
    return x.transpose(0, 3, 1, 2) if x.ndim == 4 else x


def sequential(shape, *layers):
    return keras.Sequential([keras.Input(shape), *layers])


def functional(shape, build):
    x = keras.Input(shape)
    return keras.Model(x, build(x))


class Positions(L.Layer):
    def build(self, shape):
        self.embedding = L.Embedding(shape[1], shape[2], name="positions")
        self.embedding.build((shape[1],))

    def call(self, x):
        return x + self.embedding(np.arange(x.shape[1]))


def branches(x):
    a, b = L.Conv2D(2, 2, name="a")(x), L.Conv2D(3, 1, strides=2, name="b")(x)
    both = L.Concatenate()([L.Flatten()(a), L.Flatten()(b)])
    return L.Dense(3, name="fc")(both)


# Attention divides by √4: Keras rounds 1 / √d to single precision, whatever the precision of the rest.
cases = {
    "affine": sequential((4,), L.Dense(3, name="fc")),
    "affine without bias": sequential((4,), L.Dense(3, use_bias=False, name="fc")),
    "affine of every step": sequential((5, 4), L.Dense(3, name="fc")),
    "affine of a flattened image": sequential((3, 2, 2), L.Flatten(), L.Dense(3, name="fc")),
    "affine of a flattened sequence": sequential((3, 2), L.Flatten(), L.Dense(3, name="fc")),
    "convolution": sequential((5, 4, 2), L.Conv2D(3, (3, 2), strides=2, name="conv")),
    "convolution in groups": sequential((4, 5, 4), L.Conv2D(6, 3, groups=2, name="conv")),
    "depthwise convolution": sequential(
        (3, 4, 3), L.DepthwiseConv2D(2, depth_multiplier=2, use_bias=False, name="conv")
    ),
    "transposedConvolution": sequential((3, 4, 2), L.Conv2DTranspose(3, (3, 2), strides=2, name="conv")),
    "batchNormalization of rows": sequential((4,), L.BatchNormalization(name="bn")),
    "batchNormalization of images": sequential((2, 4, 3), L.BatchNormalization(name="bn")),
    "batchNormalization of flattened images": sequential((2, 3, 2), L.Flatten(), L.BatchNormalization(name="bn"), L.Dense(3, name="fc")),
    "layerNormalization": sequential((3, 4), L.LayerNormalization(name="ln")),
    "layerNormalization of images": sequential((3, 2, 2), L.LayerNormalization(axis=[1, 2, 3], name="ln")),
    "layerNormalization of flattened images": sequential((3, 2, 2), L.Flatten(), L.LayerNormalization(name="ln"), L.Dense(3, name="fc")),
    "groupNormalization": sequential((3, 2, 4), L.GroupNormalization(2, name="gn")),
    "embedding": sequential((3,), L.Embedding(5, 3, name="tokens")),
    "positionEmbedding": sequential((3, 4), Positions()),
    "lstm": sequential((4, 3), L.LSTM(2, return_sequences=True, name="rnn")),
    "gru": sequential((4, 3), L.GRU(2, name="rnn")),
    "multiHeadAttention": functional((4, 8), lambda x: L.MultiHeadAttention(2, 4, name="attn")(x, x)),
    "a small network": sequential(
        (10, 9, 1),
        L.Conv2D(4, 3, activation="relu", name="conv_a"),
        L.BatchNormalization(name="norm"),
        L.MaxPooling2D(2),
        L.Flatten(),
        L.Dropout(0.5),
        L.Dense(5, activation="relu", name="hidden"),
        L.Dense(3, name="scores"),
    ),
    "two flattened branches": functional((5, 3, 2), branches),
    "an image made of a row": sequential(
        (4,), L.Dense(12, name="fc"), L.Reshape((3, 2, 2)), L.Conv2DTranspose(1, 2, name="conv")
    ),
}
# Added later, on PyTorch, which computes parts of some in single precision; with numbers of their own.
more = {
    "convolution with pad same": sequential((6, 5, 2), L.Conv2D(3, (4, 3), strides=(2, 3), padding="same", name="conv")),
    "transposedConvolution with pad same": sequential(
        (3, 4, 2), L.Conv2DTranspose(3, (3, 2), strides=(2, 3), padding="same", name="conv")
    ),
    "pooling with pad same": sequential(
        (6, 5, 2),
        L.Conv2D(3, 2, name="conv"),
        L.MaxPooling2D(3, strides=2, padding="same"),
        L.AveragePooling2D(2, strides=1, padding="same"),
    ),
    "convolution of one dimension": sequential(
        (7, 3), L.Conv1D(4, 3, padding="causal", dilation_rate=2, name="conv"), L.MaxPooling1D(2, padding="same")
    ),
    "convolution of one dimension with pad same": sequential(
        (7, 4), L.Conv1D(6, 4, strides=2, padding="same", groups=2, name="conv"), L.AveragePooling1D(3, padding="same")
    ),
    "normalizations in part": sequential(
        (3, 2, 4),
        L.BatchNormalization(scale=False, name="bn"),
        L.GroupNormalization(2, center=False, name="gn"),
        L.LayerNormalization(center=False, scale=False, name="ln"),
    ),
    "rnn": sequential((4, 3), L.SimpleRNN(2, activation="relu", name="rnn")),
    "bidirectional rnn": sequential((4, 3), L.Bidirectional(L.SimpleRNN(2, return_sequences=True), name="both")),
    "bidirectional lstm": sequential((4, 3), L.Bidirectional(L.LSTM(2, name="inner"), name="both")),
    "bidirectional gru": sequential((4, 3), L.Bidirectional(L.GRU(2, return_sequences=True), name="both")),
    "words with padding": sequential(
        (6,), L.Embedding(5, 3, mask_zero=True, name="tokens"), L.Bidirectional(L.GRU(2), name="both")
    ),
    "a mean over words": sequential(
        (6,), L.Embedding(5, 3, mask_zero=True, name="tokens"), L.GlobalAveragePooling1D()
    ),
}
fixture = {}
for name, model in {**cases, **more}.items():
    if name == next(iter(more)):
        random = np.random.default_rng(1)
    for w in model.weights:
        spread = random.uniform(0.5, 2, w.shape) if "variance" in w.path else random.normal(0, 0.5, w.shape)
        w.assign(spread)
    shape = (2, *model.input_shape[1:])
    is_labels = isinstance(model.layers[0], L.Embedding)
    x = random.integers(0, 5, shape) if is_labels else random.normal(size=shape)
    if name in more and is_labels:
        x[0, 4:] = 0
    weights = {w.path: values(w.numpy()) for w in model.weights}
    fixture[name] = {"tensors": weights, "input": values(first(x)), "output": values(first(model(x, training=False)))}
(folder / "keras.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
