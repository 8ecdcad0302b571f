/** The text around a written program's function: the file's header, and the loop over batches, devices and states. */
import type { DType, Shape } from "@adjoint/tensor";
import { quoted, tuple } from "./expression.ts";

/** What the header and the loop say of a program. */
export interface DriverOptions {
  /** The title of the program. */
  readonly name: string;
  /** The name of the file, and that of the file with its states, without a folder. */
  readonly file: string;
  readonly weights: string;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly dtype: DType }[];
  /** Samples in a batch; null where the inputs have none. */
  readonly batch: number | null;
  readonly isStep: boolean;
  readonly isWide: boolean;
  readonly imports: { readonly math: boolean; readonly lax: boolean };
}

/** Whether an input has a sample in each row. */
const isBatched = ({ shape }: DriverOptions["inputs"][number], batch: number | null): boolean =>
  batch !== null && shape.length > 0 && shape[0] === batch;

/** What an input is, for people: `x, float32 [samples, 1, 28, 28]`. */
function inputWords(input: DriverOptions["inputs"][number], batch: number | null): string {
  const { name, shape, dtype } = input;
  const lengths = isBatched(input, batch) ? ["samples", ...shape.slice(1)] : shape;
  return `${name}, ${dtype} [${lengths.join(", ")}]`;
}

/** Words one after the other on lines of at most 96 characters. */
function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last.length + word.length >= 96) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
}

/** The file up to its first function. */
export function headerText(options: DriverOptions): string {
  const { name, file, inputs, batch, isStep, isWide, imports } = options;
  const data = inputs.length === 0 ? "" : ` --data data.safetensors`;
  const of = inputs.map((input) => inputWords(input, batch)).join(", and ");
  const example = isStep ? `${data} --steps 100` : `${data} --out results.safetensors`;
  const size = batch === null ? "" : ` A batch has ${batch} sample${batch === 1 ? "" : "s"}.`;
  const fileWords = inputs.length === 0 ? "" : `The data are a file with ${of}.${size}`;
  const moreWords = isStep
    ? `States have the names that they have in Adjoint, and so have checkpoints, which Adjoint loads.`
    : "";
  const words = [fileWords, moreWords].filter((part) => part !== "").join(" ");
  return `# /// script
# requires-python = ">=3.10"
# dependencies = ["jax", "numpy", "safetensors"]
# ///
"""${name}: ${isStep ? "a training step, and the loop around it" : "a network"} in JAX. Written by Adjoint.

    python ${file}${example}
    python ${file}${example} --mesh data=8
    python ${file} --help

${wrapped(words)}
"""
import argparse
${imports.math ? "import math\n" : ""}import os
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
${imports.lax ? "from jax import lax\n" : ""}from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
from safetensors import safe_open
from safetensors.numpy import save_file
${isWide ? '\n# Some of its numbers are float64, as they are in Adjoint.\njax.config.update("jax_enable_x64", True)\n' : ""}`;
}

const common = `
def read(path):
    """The tensors and the metadata of a safetensors file, whose ending may be left out."""
    if not Path(path).exists() and Path(f"{path}.safetensors").exists():
        path = f"{path}.safetensors"
    if not Path(path).exists():
        raise SystemExit(f"there is no file {path}")
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def write(path, tensors, metadata=None):
    """Writes a safetensors file, whole or not at all; of several processes the first does it."""
    if jax.process_index() == 0:
        arrays = {name: np.array(x, order="C") for name, x in tensors.items()}
        save_file(arrays, f"{path}.part", metadata)
        os.replace(f"{path}.part", path)


def mesh_of(text):
    """The devices as a mesh, from "data=8" or "data=4,model=2"; all of them where nothing is said."""
    devices = jax.devices()
    axes = dict(part.partition("=")[::2] for part in (text or f"data={len(devices)}").split(","))
    if not set(axes) <= {"data", "model"} or not all(size.isdigit() for size in axes.values()):
        raise SystemExit(f"--mesh {text} is not like data=8, or data=4,model=2")
    data, model = int(axes.get("data", 1)), int(axes.get("model", 1))
    if not 0 < data * model <= len(devices):
        raise SystemExit(f"--mesh needs {data * model} devices; there are {len(devices)}")
    if BATCH is not None and BATCH % data:
        raise SystemExit(f"a batch of {BATCH} cannot be split evenly over data={data}; see --mesh")
    return Mesh(np.array(devices[: data * model]).reshape(data, model), ("data", "model"))


def placed(array, mesh, spec):
    """An array over a mesh: each device takes its part of it."""
    sharding = NamedSharding(mesh, spec)
    return jax.make_array_from_callback(array.shape, sharding, lambda part: array[part])


def spec_of(array, mesh):
    """How a state lies on the mesh: split along "model" on its longest axis that allows it."""
    size = mesh.shape["model"]
    axes = [axis for axis, length in enumerate(array.shape) if length % size == 0]
    if size == 1 or array.ndim < 2 or not axes:
        return P()
    longest = max(axes, key=lambda axis: array.shape[axis])
    return P(*("model" if axis == longest else None for axis in range(array.ndim)))


def check(data):
    """Stops where the data are not what the inputs take."""
    for name, (shape, dtype) in INPUTS.items():
        if name not in data:
            raise SystemExit(f"the data have no {name}, but {', '.join(data) or 'nothing'}")
        given, skip = data[name], name in BATCHED
        if given.shape[skip:] != shape[skip:] or given.dtype != dtype:
            wanted = "[samples, ...]" if skip else ""
            raise SystemExit(f"{name} is {given.dtype} {given.shape}, not {dtype} {shape} {wanted}")


def inputs_at(data, rows, mesh):
    """The inputs of one call on the mesh: of those with samples the rows, a part for each device."""
    batch = {name: data[name][rows] if name in BATCHED else data[name] for name in INPUTS}
    specs = {name: P("data") if name in BATCHED else P() for name in INPUTS}
    return [placed(x, mesh, specs[name]) for name, x in batch.items()]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    option = parser.add_argument
    option("--data", required=bool(INPUTS), help="a safetensors file with the inputs")`;

const shared = `    option(
        "--weights",
        default=str(Path(__file__).with_name(WEIGHTS)),
        help="the states to begin with; default: the file beside this one",
    )
    option("--mesh", help="devices: data=8 splits batches, data=4,model=2 parameters as well")
    option("--precision", default="highest", help="of products; default is faster on GPUs and TPUs")
    option("--coordinator", help="host:port of process 0, where there are several processes")
    option("--process", type=int, default=0, help="the number of this process")
    option("--processes", type=int, default=1, help="how many processes there are")
    args = parser.parse_args()
    jax.config.update("jax_default_matmul_precision", args.precision)
    if args.coordinator:
        jax.distributed.initialize(args.coordinator, args.processes, args.process)
    return args`;

const stepOptions = `    option("--steps", type=int, default=100, help="how many steps to take")
    option("--shuffle", type=int, metavar="SEED", help="take samples in random order")
    option("--checkpoint", help="where to write the states at the end")
    option("--every", type=int, metavar="N", help="write them every N steps as well")`;

const stepMain = `
def rows_of(batch, samples, seed):
    """The samples of a batch by number: in order, or in one that seed and epoch make."""
    numbers = np.arange(batch * BATCH, (batch + 1) * BATCH)
    epochs, places = np.divmod(numbers, samples)
    if seed is None:
        return places
    orders = {e: np.random.default_rng([seed, e]).permutation(samples) for e in set(epochs)}
    return np.array([orders[epoch][place] for epoch, place in zip(epochs, places)])


def main():
    args = arguments()
    mesh = mesh_of(args.mesh)
    data = read(args.data)[0] if INPUTS else {}
    check(data)
    tensors, metadata = read(args.weights)
    specs = {name: spec_of(x, mesh) for name, x in tensors.items()}
    state = {name: placed(x, mesh, specs[name]) for name, x in tensors.items()}
    everywhere = NamedSharding(mesh, P())
    shardings = {name: NamedSharding(mesh, spec) for name, spec in specs.items()}
    run = jax.jit(step, out_shardings=(everywhere, shardings), donate_argnums=0)
    gather = jax.jit(lambda state: state, out_shardings=everywhere)

    done = int(tensors.get("iteration", 0))
    for i in range(done + 1, done + args.steps + 1):
        rows = rows_of(i - 1, len(data[BATCHED[0]]), args.shuffle) if BATCHED else None
        outputs, state = run(state, *inputs_at(data, rows, mesh))
        loss = np.asarray(jax.tree.leaves(outputs)[0]) if jax.tree.leaves(outputs) else np.zeros(())
        if jax.process_index() == 0:
            print(f"step {i}" + (f": loss {loss:.8g}" if loss.ndim == 0 else ""), flush=True)
        if not np.isfinite(loss).all():
            raise SystemExit(f"step {i}: the loss is not finite; no checkpoint is written of it")
        is_due = i == done + args.steps or (args.every and i % args.every == 0)
        if args.checkpoint and is_due:
            write(args.checkpoint, gather(state), metadata)


if __name__ == "__main__":
    main()`;

const predictOptions = `    option("--out", help="where to write the results: y, y1, ... in a safetensors file")`;

const predictMain = `
def main():
    args = arguments()
    mesh = mesh_of(args.mesh)
    data = read(args.data)[0] if INPUTS else {}
    check(data)
    state = {name: placed(x, mesh, spec_of(x, mesh)) for name, x in read(args.weights)[0].items()}
    run = jax.jit(predict, out_shardings=NamedSharding(mesh, P()))
    size, samples = BATCH or 1, len(data[BATCHED[0]]) if BATCHED else 1
    results = []
    for first in range(0, samples, size):
        # The last batch is filled up with the first samples, whose results are left out.
        rows = np.arange(first, first + size) % samples
        results.append([np.asarray(y) for y in jax.tree.leaves(run(state, *inputs_at(data, rows, mesh)))])
    joined = {}
    for i, parts in enumerate(zip(*results)):
        is_batched = BATCHED and all(y.ndim > 0 and len(y) == size for y in parts)
        joined[f"y{i or ''}"] = np.concatenate(parts)[:samples] if is_batched else np.stack(parts)
    if jax.process_index() == 0:
        for name, y in joined.items():
            print(f"{name}: {y.dtype} {y.shape}")
    if args.out:
        write(args.out, joined)


if __name__ == "__main__":
    main()`;

/** The constants that the loop reads. */
export function constantsText({ inputs, batch, weights }: DriverOptions): string {
  const entries = inputs.map(({ name, shape, dtype }) => `    ${quoted(name)}: (${tuple(shape)}, ${quoted(dtype)}),`);
  const batched = inputs.filter((input) => isBatched(input, batch)).map(({ name }) => quoted(name));
  return [
    entries.length === 0 ? "INPUTS = {}" : `INPUTS = {\n${entries.join("\n")}\n}`,
    `BATCHED = [${batched.join(", ")}]  # inputs with a sample in each row`,
    `BATCH = ${batch === null ? "None" : batch}`,
    `WEIGHTS = ${quoted(weights)}`,
  ].join("\n");
}

export function loopText({ isStep }: DriverOptions): string {
  const options = [common, isStep ? stepOptions : predictOptions, shared].join("\n");
  return `${options.trimStart()}\n\n\n${(isStep ? stepMain : predictMain).trimStart()}\n`;
}
