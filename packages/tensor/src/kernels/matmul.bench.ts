/**
 * Matrix products of the sizes that training meets: squares, batches of images through affine layers, and the tall
 * products of a convolution (rows are windows) with their gradients. Operands are views where the gradients' are.
 */
import { allocate } from "../dtype.ts";
import { Tensor } from "../tensor.ts";
import { setKernels } from "./backend.ts";
import { matmul } from "./matmul.ts";

/** One thing to time. */
export interface BenchmarkCase {
  readonly name: string;
  /** What the others of its group are compared with. */
  readonly baseline?: boolean;
  /** Floating point operations of one run. */
  readonly work: number;
  run(): void;
}

/** Cases that compute the same. */
export interface BenchmarkGroup {
  readonly title: string;
  readonly unit: "GFLOP/s" | "ms";
  readonly cases: readonly BenchmarkCase[];
}

type Order = "" | "ᵀ";

/** A matrix that is a view of its transpose where the order says so. */
function matrix(dtype: "float32" | "float64", rows: number, columns: number, order: Order): Tensor {
  const data = allocate(dtype, rows * columns);
  for (let i = 0; i < data.length; i++) data[i] = ((i * 7919) % 1024) / 512 - 1;
  return new Tensor(data, [rows, columns], order === "" ? [columns, 1] : [1, rows]);
}

const sizes: readonly (readonly [m: number, k: number, n: number, orderA: Order, orderB: Order])[] = [
  [8, 8, 8, "", ""],
  [32, 32, 32, "", ""],
  [128, 128, 128, "", ""],
  [512, 512, 512, "", ""],
  [100, 784, 50, "", ""],
  [784, 100, 50, "ᵀ", ""],
  [100, 50, 784, "", "ᵀ"],
  [100, 50, 10, "", ""],
  [100, 4320, 100, "", ""],
  [57600, 25, 30, "", ""],
  [25, 57600, 30, "ᵀ", ""],
  [30, 57600, 25, "ᵀ", ""],
  [57600, 30, 25, "", "ᵀ"],
];

function group(dtype: "float32" | "float64", [m, k, n, orderA, orderB]: (typeof sizes)[number]): BenchmarkGroup {
  const a = matrix(dtype, m, k, orderA);
  const b = matrix(dtype, k, n, orderB);
  return {
    title: `matmul ${dtype} [${m}, ${k}]${orderA} × [${k}, ${n}]${orderB}`,
    unit: "GFLOP/s",
    cases: (["reference", "wasm"] as const).map((kernels) => ({
      name: kernels,
      baseline: kernels === "reference",
      work: 2 * m * k * n,
      run() {
        setKernels(kernels);
        matmul(a, b);
        setKernels("auto");
      },
    })),
  };
}

/** Reference and WASM kernels side by side, float32 and float64. */
export const groups: readonly BenchmarkGroup[] = sizes.flatMap((size) => [
  group("float32", size),
  group("float64", size),
]);
