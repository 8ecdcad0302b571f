/** The list of engines, and which one runs a program where none is named. */
import type { GraphNode } from "@adjoint/autograd";
import { AdjointError, checkOneOf, GraphError, sizeOf } from "@adjoint/tensor";
import { hasWasmSimd } from "@adjoint/tensor/internal";
import type { Program } from "../program.ts";
import { convolutionAt, filterGradientsAt, imageGradientsAt } from "../recognize/windows.ts";
import type { Engine, EngineOptions, Executable } from "./engine.ts";
import { reference } from "./reference.ts";
import { wasm } from "./wasm/wasm.ts";

/** The engines that are part of this package. */
const own = { reference, wasm } as const satisfies Record<string, Engine>;

/** The engines that other packages bring, once they have. */
const brought: { onnxruntime?: Engine } = {};

/** The name of an engine. */
export type EngineName = keyof typeof own | keyof typeof brought;

/** What may be asked for: a name, `"auto"`, or an engine itself. */
export type EngineChoice = "auto" | EngineName | Engine;

/** The names of engines that {@link compile} and the Trainer take: `auto` is the fastest that runs the function. */
export const engineNames: readonly ("auto" | EngineName)[] = ["auto", "reference", "wasm", "onnxruntime"];

/** Brings the engine of a name. */
export function provideEngine(name: keyof typeof brought, engine: Engine): void {
  brought[name] = engine;
}

/** @throws SpecError unless it is an engine, or the name of one */
export function checkEngine(op: string, engine: unknown): void {
  if (typeof engine !== "function") checkOneOf(op, "engine", engine, engineNames);
}

/** The share of a program's numbers up to which WebAssembly pays although ops without a kernel there compute them. */
const mostByHost = 0.5;

/**
 * The multiplications of matrix products from which native kernels are faster than WebAssembly: docs/engines.md has the programs
 * that it was measured on.
 */
const leastForNative = 2 ** 29;

/**
 * The multiplications in the matrix products of a program, of float32. Those of convolutions do not count: WebAssembly has kernels
 * of their own for them.
 */
function multiplicationsIn({ graph: { nodes } }: Program): number {
  const at = (id: number): GraphNode => nodes[id];
  const ofImages = new Set(nodes.map((node) => imageGradientsAt(node, at)?.product));
  return nodes.reduce((sum, node) => {
    const isProduct = node.op === "matmul" && node.dtype === "float32" && !ofImages.has(node);
    if (!isProduct || convolutionAt(node, at) !== null || filterGradientsAt(node, at) !== null) return sum;
    return sum + sizeOf(node.shape) * (at(node.inputs[0]).shape.at(-1) as number);
  }, 0);
}

/** A large program made ready by native code; null for others, and where native code is not installed or has not every op. */
function byNative(program: Program, options: EngineOptions): Executable | null {
  const { onnxruntime } = brought;
  if (onnxruntime === undefined || options.exact || multiplicationsIn(program) < leastForNative) return null;
  try {
    return onnxruntime(program, options);
  } catch (error) {
    if (error instanceof AdjointError) return null;
    throw error;
  }
}

function noWasm(): GraphError {
  return new GraphError({
    op: "compile",
    problem: "WebAssembly with SIMD is not available here",
    argument: "engine",
    expected: '"auto" or "reference"',
    received: '"wasm"',
    hint: "Leave the engine out; in a page, allow WebAssembly with 'wasm-unsafe-eval' in the content security policy.",
  });
}

function notThere(): GraphError {
  return new GraphError({
    op: "compile",
    problem: "the engine onnxruntime is not part of this program: it comes with adjoint in Node.js",
    argument: "engine",
    expected: '"auto", "wasm" or "reference"',
    received: '"onnxruntime"',
    hint: 'In Node.js import compile from "adjoint" and run `npm install onnxruntime-node`; elsewhere leave the engine out.',
  });
}

/** A program made ready by an engine, that of a name, or the one that suits it. */
export function readyBy(
  wanted: EngineChoice,
  program: Program,
  options: EngineOptions,
): { readonly engine: string; readonly run: Executable } {
  if (typeof wanted === "function") return { engine: wanted.name, run: wanted(program, options) };
  if (wanted === "wasm" && !hasWasmSimd()) throw noWasm();
  if (wanted !== "auto") {
    const engine = wanted === "onnxruntime" ? brought.onnxruntime : own[wanted];
    if (engine === undefined) throw notThere();
    return { engine: wanted, run: engine(program, options) };
  }
  const native = byNative(program, options);
  if (native !== null) return { engine: "onnxruntime", run: native };
  if (hasWasmSimd()) {
    const run = wasm(program, options);
    if (byHost(run) <= mostByHost) return { engine: "wasm", run };
  }
  return { engine: "reference", run: reference(program) };
}

/** The share of numbers that ops compute by their own kernels. */
function byHost({ parts }: Executable): number {
  let [host, all] = [0, 1];
  for (const { shape, isByHost } of parts) {
    const size = sizeOf(shape);
    if (isByHost) host += size;
    all += size;
  }
  return host / all;
}
