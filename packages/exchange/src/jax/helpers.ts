/** Functions of the written program for what is no one call of JAX: each where needed, after those that it calls. */

interface Helper {
  readonly calls?: readonly HelperName[];
  readonly source: string;
}

export type HelperName = keyof typeof table;

/** The functions by name. Source of the algorithm of random numbers: Salmon et al. (2011). */
const table = {
  convolve: {
    source: `
def convolve(x, w, stride=(1, 1), pad=(0, 0), dilation=(1, 1)):
    """Filters w [F, C, FH, FW] slid over images x [N, C, H, W]: [N, F, OH, OW]."""
    around = [(p, p) for p in pad]
    return lax.conv_general_dilated(x, w, stride, around, rhs_dilation=dilation)`,
  },
  convolve_backward_x: {
    calls: ["convolve"],
    source: `
def convolve_backward_x(g, w, x_shape, **window):
    """From the gradient g of convolve(x, w) that of the images x."""
    x = jax.ShapeDtypeStruct(x_shape, g.dtype)
    return jax.linear_transpose(lambda x: convolve(x, w, **window), x)(g)[0]`,
  },
  convolve_backward_w: {
    calls: ["convolve"],
    source: `
def convolve_backward_w(x, g, w_shape, **window):
    """From the gradient g of convolve(x, w) that of the filters w."""
    w = jax.ShapeDtypeStruct(w_shape, g.dtype)
    return jax.linear_transpose(lambda w: convolve(x, w, **window), w)(g)[0]`,
  },
  max_pool: {
    source: `
def max_pool(x, size, stride, pad=(0, 0)):
    """The largest number of each window of images x [N, C, H, W]; zeros around them count."""
    x = jnp.pad(x, [(p, p) for p in (0, 0, *pad)])
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, *size), (1, 1, *stride), "VALID")`,
  },
  max_pool_backward: {
    calls: ["max_pool"],
    source: `
def max_pool_backward(x, g, **window):
    """From the gradient g of max_pool(x) that of x: the first largest of each window gets it."""
    return jax.vjp(lambda x: max_pool(x, **window), x)[1](g)[0]`,
  },
  im2col: {
    source: `
def im2col(x, size, stride=(1, 1), pad=(0, 0), dilation=(1, 1)):
    """Windows of images [N, C, H, W] as rows, [N * OH * OW, C * FH * FW]."""
    (sy, sx), (dy, dx), (fh, fw) = stride, dilation, size
    x = jnp.pad(x, [(p, p) for p in (0, 0, *pad)])
    oh = (x.shape[2] - dy * (fh - 1) - 1) // sy + 1
    ow = (x.shape[3] - dx * (fw - 1) - 1) // sx + 1
    rows = dy * jnp.arange(fh) + sy * jnp.arange(oh)[:, None]
    columns = dx * jnp.arange(fw) + sx * jnp.arange(ow)[:, None]
    windows = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]  # [N, C, OH, OW, FH, FW]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * fh * fw)`,
  },
  col2im: {
    calls: ["im2col"],
    source: `
def col2im(rows, x_shape, **window):
    """Folds rows of im2col back to images of that shape; where windows overlap, their numbers add up."""
    x = jax.ShapeDtypeStruct(x_shape, rows.dtype)
    return jax.linear_transpose(lambda x: im2col(x, **window), x)(rows)[0]`,
  },
  scatter_add: {
    source: `
def scatter_add(x, indices, updates, axis):
    """x, with updates added along an axis at the places that indices of their shape name."""
    places = list(jnp.indices(indices.shape, sparse=True))
    places[axis] = indices
    return x.at[tuple(places)].add(updates)`,
  },
  direction: {
    source: `
def direction(g, x, norm):
    """g * x / norm, and 0 where the norm is 0."""
    return g * jnp.where(norm == 0, 0, x / jnp.where(norm == 0, 1, norm))`,
  },
  philox: {
    source: `
def philox(key, counter):
    """Philox4x32-10: four random words below 2**32 for each counter (Salmon et al. 2011)."""
    word = 2**32 - 1
    c0, c1, c2, c3 = counter & word, counter >> 32, jnp.zeros_like(counter), jnp.zeros_like(counter)
    k0, k1 = key & word, key >> 32
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & word, (p0 >> 32) ^ c3 ^ k1, p0 & word
        k0, k1 = (k0 + 0x9E3779B9) & word, (k1 + 0xBB67AE85) & word
    return c0, c1, c2, c3`,
  },
  random_words: {
    calls: ["philox"],
    source: `
def random_words(generator, shape):
    """Four words for each number of a draw. A generator is a key and the counter of the next number."""
    key, counter = generator.astype(jnp.uint64)
    return philox(key, counter + jnp.arange(math.prod(shape), dtype=jnp.uint64).reshape(shape))`,
  },
  unit: {
    source: `
def unit(high, low):
    """A number in [0, 1) of 53 bits from two words."""
    return ((high << 21) | (low >> 11)).astype(jnp.float64) * 2.0**-53`,
  },
  random_uniform: {
    calls: ["random_words", "unit"],
    source: `
def random_uniform(generator, shape, dtype):
    """Uniform numbers in [0, 1), the same as Adjoint's."""
    high, low, _, _ = random_words(generator, shape)
    if dtype == jnp.float32:
        return (high >> 8).astype(dtype) * 2.0**-24
    return unit(high, low)`,
  },
  random_normal: {
    calls: ["random_words", "unit"],
    source: `
def random_normal(generator, shape, dtype):
    """Normal numbers of mean 0 and standard deviation 1 (Box and Muller), the same as Adjoint's."""
    a, b, c, d = random_words(generator, shape)
    radius = jnp.sqrt(-2 * jnp.log1p(-unit(a, b)))
    return (radius * jnp.cos(2 * math.pi * unit(c, d))).astype(dtype)`,
  },
  random_bernoulli: {
    calls: ["random_words", "unit"],
    source: `
def random_bernoulli(generator, shape, p, dtype):
    """1 with probability p, else 0: the same draw as Adjoint's."""
    high, low, _, _ = random_words(generator, shape)
    return (unit(high, low) < p).astype(dtype)`,
  },
} as const satisfies Readonly<Record<string, { readonly calls?: readonly string[]; readonly source: string }>>;

export const helperNames = Object.keys(table) as readonly HelperName[];

/** The sources of helpers and of those that they call, in the order of the table. */
export function helperSources(wanted: Iterable<HelperName>): string[] {
  const needed = new Set<HelperName>();
  const add = (name: HelperName): void => {
    needed.add(name);
    for (const other of (table[name] as Helper).calls ?? []) add(other);
  };
  for (const name of wanted) add(name);
  return helperNames.filter((name) => needed.has(name)).map((name) => table[name].source.trim());
}
