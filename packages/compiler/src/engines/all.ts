/** The list of engines, and which one runs a program where none is named. */
import { GraphError, sizeOf } from "@adjoint/tensor";
import { hasWasmSimd } from "@adjoint/tensor/internal";
import type { Program } from "../program.ts";
import type { Engine, EngineOptions, Executable } from "./engine.ts";
import { reference } from "./reference.ts";
import { wasm } from "./wasm/wasm.ts";

/** The engines by name. */
export const engines = { reference, wasm } as const satisfies Record<string, Engine>;

/** The name of an engine. */
export type EngineName = keyof typeof engines;

/** What may be named where an engine is wanted. */
export const engineNames: readonly ("auto" | EngineName)[] = ["auto", ...(Object.keys(engines) as EngineName[])];

/** The share of a program's numbers up to which WebAssembly pays although ops without a kernel there compute them. */
const mostByHost = 0.5;

function noWasm(): GraphError {
  return new GraphError({
    op: "compile",
    problem: "WebAssembly with vectors of 128 bits is not there, or not allowed",
    argument: "engine",
    expected: '"auto" or "reference"',
    received: '"wasm"',
    hint: "Leave the engine out. A page allows WebAssembly by 'wasm-unsafe-eval' in its content security policy.",
  });
}

/** A program made ready by the engine of that name, or by the one that suits it. */
export function readyBy(
  wanted: EngineName | "auto",
  program: Program,
  options: EngineOptions,
): { readonly engine: EngineName; readonly run: Executable } {
  if (wanted === "wasm" && !hasWasmSimd()) throw noWasm();
  if (wanted !== "auto") return { engine: wanted, run: engines[wanted](program, options) };
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
