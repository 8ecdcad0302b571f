"""What PyTorch's gradient checker says of the ten mistakes of examples/ten-mistakes.

Debian: apt-get install python3-torch; then /usr/bin/python3 benchmarks/peers/gradcheck_torch.py
"""
import torch
from torch.autograd import Function, gradcheck

torch.manual_seed(0)
normal = lambda *shape: torch.randn(*shape, dtype=torch.float64, requires_grad=True)
x, a, b = normal(2, 3), normal(2, 2), normal(2, 2)


def op(forward, backward):
    """A Function of the tensors saved and the gradient that arrives."""

    class Op(Function):
        @staticmethod
        def forward(ctx, *inputs):
            output = forward(*inputs)
            ctx.save_for_backward(*inputs, output)
            return output

        @staticmethod
        def backward(ctx, grad):
            *inputs, output = ctx.saved_tensors
            return backward(grad, inputs, output)

    return Op.apply


rows = torch.tensor([2, 0, 2, 2])


def last_of(grad, table):
    out = torch.zeros_like(table)
    for i, row in enumerate(rows):
        out[row] = grad[i]
    return out


mistakes = [
    ("square: the 2 is forgotten", op(lambda z: z * z, lambda g, i, y: g * i[0]), (x,)),
    ("subtraction: the minus is forgotten for the second operand", op(lambda p, q: p - q, lambda g, i, y: (g, g.clone())), (a, b)),
    ("multiplication: the operands are not exchanged", op(lambda p, q: p * q, lambda g, i, y: (g * i[0], g * i[1])), (a, b)),
    ("matrix product: the second factor is not transposed", op(lambda p, q: p @ q, lambda g, i, y: (g @ i[1], i[0].T @ g)), (a, b)),
    ("mean: the 1/N is forgotten", op(lambda z: z.mean(), lambda g, i, y: g.expand(i[0].shape).clone()), (x,)),
    ("relu: the mask is forgotten", op(lambda z: z.clamp(min=0), lambda g, i, y: g.clone()), (x,)),
    ("softmax: the sum is taken for a constant", op(lambda z: z.softmax(-1), lambda g, i, y: g * y), (x,)),
    ("embedding: of rows taken several times the last gradient stays", op(lambda t: t[rows], lambda g, i, y: last_of(g, i[0])), (normal(3, 2),)),
    ("bias: the gradient is not summed over the batch", op(lambda z, c: z + c, lambda g, i, y: (g.clone(), g.clone())), (x, normal(3))),
    ("exponential: the gradient that arrives is left out", op(lambda z: z.exp(), lambda g, i, y: y.clone()), (x,)),
]

print("PyTorch", torch.__version__)
for words, f, inputs in mistakes:
    print(f"\n{words}\n")
    try:
        gradcheck(f, inputs)
        print("  It went unnoticed.")
    except Exception as error:  # what a user sees
        print("\n".join("  " + line for line in str(error).strip().split("\n")[:14]))
