/**
 * ONNX Runtime's native sessions, which answer at once. The package's own `run` waits for the next turn of the event loop,
 * and a compiled function cannot wait; the binding under it does not. Nothing of Node.js is imported, so that bundles can have
 * this file.
 */
import { DataError, GraphError } from "@adjoint/tensor";

/** A tensor as ONNX Runtime takes and gives it; its numbers stay where they lie. */
export interface RuntimeTensor {
  readonly type: string;
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
  readonly dims: readonly number[];
}

/** Makes a tensor of numbers. */
export type RuntimeTensorClass = new (
  type: string,
  data: RuntimeTensor["data"],
  dims: readonly number[],
) => RuntimeTensor;

/** A session as the binding has it. */
export interface NativeSession {
  loadModel(data: ArrayBufferLike, offset: number, length: number, options: object): void;
  /** `fetches` names the outputs; those that have a tensor are written there. */
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: Readonly<Record<string, RuntimeTensor | null>>,
    options: object,
  ): Record<string, RuntimeTensor>;
  dispose(): void;
}

/** The parts of the package that are used. */
export interface Runtime {
  readonly Tensor: RuntimeTensorClass;
  readonly Session: new () => NativeSession;
}

let loaded: Runtime | null = null;

/**
 * ONNX Runtime: the package `onnxruntime-node`, as installed beside this one or in the working folder.
 * @throws GraphError that says what to install, or that the package is another one than expected
 */
export function runtime(op: string): Runtime {
  const folder = (globalThis as { readonly process?: NodeJS.Process }).process?.cwd();
  loaded ??= runtimeAt(op, [import.meta.url, `${folder}/package.json`]);
  return loaded;
}

/**
 * ONNX Runtime as modules at these places would import it: the first that can.
 * @throws GraphError as {@link runtime}
 */
export function runtimeAt(op: string, places: readonly string[]): Runtime {
  const { process } = globalThis as { readonly process?: NodeJS.Process };
  const module = process?.getBuiltinModule?.("node:module");
  if (module === undefined) throw elsewhere(op);
  let problem: unknown;
  for (const place of places) {
    const require = module.createRequire(place);
    try {
      const { Tensor } = require("onnxruntime-node");
      const { binding, initOrt } = require("onnxruntime-node/dist/binding.js");
      if (typeof Tensor !== "function" || typeof binding?.InferenceSession !== "function") throw changed(op);
      if (typeof initOrt !== "function") throw changed(op);
      initOrt();
      return { Tensor, Session: binding.InferenceSession };
    } catch (error) {
      if (error instanceof GraphError) throw error;
      problem ??= error;
    }
  }
  throw missing(op, problem);
}

function elsewhere(op: string): GraphError {
  return new GraphError({
    op,
    problem: "the engine onnxruntime is native code, which needs Node.js",
    argument: "engine",
    expected: "Node.js 20.19 or later",
    received: "a runtime without process.getBuiltinModule",
    hint: 'Leave the engine out: "wasm" runs in browsers.',
  });
}

function missing(op: string, cause: unknown): GraphError {
  const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
  const isAbsent = why.startsWith("Cannot find module 'onnxruntime-node'");
  return new GraphError(
    {
      op,
      problem: isAbsent ? "the package onnxruntime-node is not installed" : `onnxruntime-node cannot be loaded: ${why}`,
      argument: "engine",
      expected: "onnxruntime-node 1.20 or later",
      received: "none",
      hint:
        "Run `npm install onnxruntime-node`; with ONNXRUNTIME_NODE_INSTALL=skip in the environment it downloads nothing " +
        'for graphics cards. Or leave the engine out: "wasm" needs no package.',
    },
    { cause },
  );
}

function changed(op: string): GraphError {
  return new GraphError({
    op,
    problem: "this version of onnxruntime-node has another inside than the versions that are known",
    argument: "engine",
    expected: "dist/binding.js with binding.InferenceSession and initOrt",
    received: "something else",
    hint: 'Install a version that is known to work, `npm install onnxruntime-node@1.30`, or use the engine "wasm".',
  });
}

/** A session for the bytes of a file. @throws DataError with what ONNX Runtime says of a file that it does not run */
export function sessionOf(op: string, bytes: Uint8Array, options: object = {}): NativeSession {
  const { Session } = runtime(op);
  const session = new Session();
  try {
    session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DataError({ op, problem: `ONNX Runtime does not run this: ${why}` }, { cause: error });
  }
  return session;
}
