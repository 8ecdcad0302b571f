"""Training steps of the book in plain NumPy, float64, written from its formulas: what Adjoint's steps are compared with.

Run by hand: python3 book_numpy.py [seconds per case]. Each line is the median of the runs.
"""

import sys
import time

import numpy as np

BATCH = 100


def softmax_with_loss(scores, t):
    """Mean cross entropy of softmax, and its gradient (y - t) / N (book, 5.6.3)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    y = np.exp(shifted)
    y /= y.sum(axis=1, keepdims=True)
    loss = -np.log(y[np.arange(len(t)), t] + 1e-7).mean()
    gradient = y.copy()
    gradient[np.arange(len(t)), t] -= 1
    return loss, gradient / len(t)


def im2col(x, size, stride=1, pad=0):
    """[N, C, H, W] -> [N*OH*OW, C*size*size], one window a row (book, 7.4.2)."""
    n, c, h, w = x.shape
    out_h = (h + 2 * pad - size) // stride + 1
    out_w = (w + 2 * pad - size) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    col = np.zeros((n, c, size, size, out_h, out_w))
    for i in range(size):
        for j in range(size):
            col[:, :, i, j] = padded[:, :, i : i + stride * out_h : stride, j : j + stride * out_w : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * out_h * out_w, -1)


def col2im(col, shape, size, stride=1, pad=0):
    """The adjoint of im2col: windows are added up where they overlap."""
    n, c, h, w = shape
    out_h = (h + 2 * pad - size) // stride + 1
    out_w = (w + 2 * pad - size) // stride + 1
    col = col.reshape(n, out_h, out_w, c, size, size).transpose(0, 3, 4, 5, 1, 2)
    image = np.zeros((n, c, h + 2 * pad + stride - 1, w + 2 * pad + stride - 1))
    for i in range(size):
        for j in range(size):
            image[:, :, i : i + stride * out_h : stride, j : j + stride * out_w : stride] += col[:, :, i, j]
    return image[:, :, pad : h + pad, pad : w + pad]


class Convolution:
    def __init__(self, weight, bias, stride=1, pad=0):
        self.weight, self.bias, self.stride, self.pad = weight, bias, stride, pad

    def forward(self, x):
        filters, _, size, _ = self.weight.shape
        n, _, h, w = x.shape
        out_h = (h + 2 * self.pad - size) // self.stride + 1
        out_w = (w + 2 * self.pad - size) // self.stride + 1
        self.shape = x.shape
        self.col = im2col(x, size, self.stride, self.pad)
        out = self.col @ self.weight.reshape(filters, -1).T + self.bias
        return out.reshape(n, out_h, out_w, filters).transpose(0, 3, 1, 2)

    def backward(self, dout):
        filters, _, size, _ = self.weight.shape
        rows = dout.transpose(0, 2, 3, 1).reshape(-1, filters)
        self.d_bias = rows.sum(axis=0)
        self.d_weight = (self.col.T @ rows).T.reshape(self.weight.shape)
        return col2im(rows @ self.weight.reshape(filters, -1), self.shape, size, self.stride, self.pad)


class MaxPooling:
    """2 x 2 windows, stride 2 (book, 7.4.4)."""

    def forward(self, x):
        n, c, h, w = x.shape
        self.shape = x.shape
        col = im2col(x, 2, 2).reshape(-1, 4)
        self.arg = col.argmax(axis=1)
        return col.max(axis=1).reshape(n, h // 2, w // 2, c).transpose(0, 3, 1, 2)

    def backward(self, dout):
        rows = dout.transpose(0, 2, 3, 1).reshape(-1)
        col = np.zeros((rows.size, 4))
        col[np.arange(rows.size), self.arg] = rows
        n, c, h, w = self.shape
        return col2im(col.reshape(n * (h // 2) * (w // 2), -1), self.shape, 2, 2)


class Adam:
    """The book's form: the bias correction is in the step size (6.1.6)."""

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2, self.iteration = lr, beta1, beta2, 0
        self.m, self.v = {}, {}

    def update(self, params, grads):
        self.iteration += 1
        lr = self.lr * np.sqrt(1 - self.beta2**self.iteration) / (1 - self.beta1**self.iteration)
        for key, grad in grads.items():
            m = self.m.setdefault(key, np.zeros_like(grad))
            v = self.v.setdefault(key, np.zeros_like(grad))
            m += (1 - self.beta1) * (grad - m)
            v += (1 - self.beta2) * (grad**2 - v)
            params[key] -= lr * m / (np.sqrt(v) + 1e-7)


def two_layer_step(random):
    x, t = random.random((BATCH, 784)), random.integers(0, 10, BATCH)
    w1, b1 = 0.01 * random.standard_normal((784, 50)), np.zeros(50)
    w2, b2 = 0.01 * random.standard_normal((50, 10)), np.zeros(10)

    def step():
        a = x @ w1 + b1
        z = np.maximum(a, 0)
        _, d_scores = softmax_with_loss(z @ w2 + b2, t)
        d_z = d_scores @ w2.T
        d_a = d_z * (a > 0)
        for p, g in ((w2, z.T @ d_scores), (b2, d_scores.sum(axis=0)), (w1, x.T @ d_a), (b1, d_a.sum(axis=0))):
            np.subtract(p, 0.1 * g, out=p)

    return step


def convolution(random, shape, filters, size, pad, backward):
    x = random.standard_normal(shape)
    layer = Convolution(0.01 * random.standard_normal((filters, shape[1], size, size)), np.zeros(filters), pad=pad)
    dout = random.standard_normal(layer.forward(x).shape)

    def step():
        layer.forward(x)
        if backward:
            layer.backward(dout)

    return step


def simple_conv_net_step(random):
    """conv 30 x 5x5 - relu - pool - affine 100 - relu - affine 10 - softmax (book, 7.5), Adam."""
    x, t = random.random((BATCH, 1, 28, 28)), random.integers(0, 10, BATCH)
    params = {
        "W1": 0.01 * random.standard_normal((30, 1, 5, 5)),
        "b1": np.zeros(30),
        "W2": 0.01 * random.standard_normal((30 * 12 * 12, 100)),
        "b2": np.zeros(100),
        "W3": 0.01 * random.standard_normal((100, 10)),
        "b3": np.zeros(10),
    }
    conv, pool, optimizer = Convolution(params["W1"], params["b1"]), MaxPooling(), Adam()

    def step():
        a1 = conv.forward(x)
        pooled = pool.forward(np.maximum(a1, 0))
        flat = pooled.reshape(BATCH, -1)
        a2 = flat @ params["W2"] + params["b2"]
        z2 = np.maximum(a2, 0)
        _, d_scores = softmax_with_loss(z2 @ params["W3"] + params["b3"], t)
        d_a2 = (d_scores @ params["W3"].T) * (a2 > 0)
        d_pooled = (d_a2 @ params["W2"].T).reshape(pooled.shape)
        conv.backward(pool.backward(d_pooled) * (a1 > 0))
        grads = {
            "W1": conv.d_weight,
            "b1": conv.d_bias,
            "W2": flat.T @ d_a2,
            "b2": d_a2.sum(axis=0),
            "W3": z2.T @ d_scores,
            "b3": d_scores.sum(axis=0),
        }
        optimizer.update(params, grads)

    return step


def median_time(step, seconds):
    step()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    random = np.random.default_rng(0)
    cases = {
        "two-layer 784-50-10, SGD": two_layer_step(random),
        "convolution [100, 1, 28, 28], 30 of 5x5, forward": convolution(random, (100, 1, 28, 28), 30, 5, 0, False),
        "convolution [100, 1, 28, 28], 30 of 5x5, forward + backward": convolution(
            random, (100, 1, 28, 28), 30, 5, 0, True
        ),
        "convolution [100, 16, 14, 14], 32 of 3x3 pad 1, forward": convolution(
            random, (100, 16, 14, 14), 32, 3, 1, False
        ),
        "convolution [100, 16, 14, 14], 32 of 3x3 pad 1, forward + backward": convolution(
            random, (100, 16, 14, 14), 32, 3, 1, True
        ),
        "SimpleConvNet, Adam": simple_conv_net_step(random),
    }
    print(f"NumPy {np.__version__}, float64, batch {BATCH}")
    for name, step in cases.items():
        t = median_time(step, seconds)
        print(f"{name:68s} {1000 * t:9.3f} ms {1 / t:9.1f} steps/s")


if __name__ == "__main__":
    main()
