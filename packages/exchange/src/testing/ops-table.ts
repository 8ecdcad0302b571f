/** The table of ops in docs/onnx.md: what each primitive becomes, found by writing it for the samples of the laws. */
import { constant, type PrimitiveName, primitives, type Variable } from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { trace } from "@adjoint/compiler";
import { GraphError, isFloat, kernels, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { samples } from "../../../gradcheck/src/testing/samples.ts";
import { lowerings } from "../onnx/out/ops/all.ts";
import { toOnnx } from "../onnx/out/to-onnx.ts";
import { opsOf } from "./onnx.ts";

/** What surrounds the table on the page. */
export const marks = ["<!-- the table of ops, built by build:table -->", "<!-- end of the table of ops -->"] as const;

/** Names of ops that only make shapes meet. */
const plumbing: ReadonlySet<string> = new Set(["Reshape", "Expand", "Identity", "Cast"]);

/** The ops that a primitive becomes in a dtype; null where it is refused. */
function opsFor(name: PrimitiveName, dtype: "float32" | "float64"): string[] | null {
  const all = new Set<string>();
  const some = fc.sample(samples[name] as fc.Arbitrary<{ inputs: Tensor[]; attributes: object }>, {
    seed: 1,
    numRuns: 40,
  });
  for (const { inputs, attributes } of some) {
    const own = inputs.map((x) => (isFloat(x.dtype) ? kernels.cast(x, dtype) : x));
    if (own.some(({ size }) => size === 0)) continue;
    const one = (...xs: Variable[]): Variable => apply(primitives[name] as never, xs, attributes as never);
    try {
      const file = toOnnx(trace(one, ...own.map((x) => constant(x))), { opset: 18 });
      for (const op of opsOf(file)) all.add(op);
    } catch (error) {
      if (error instanceof GraphError) return null;
      throw error;
    }
  }
  const essential = [...all].filter((op) => !plumbing.has(op));
  return (essential.length > 0 ? essential : [...all]).sort();
}

/** The table as Markdown. */
export function renderTable(): string {
  const rows = (Object.keys(primitives) as PrimitiveName[]).sort().map((name) => {
    const [single, double] = (["float32", "float64"] as const).map((dtype) => opsFor(name, dtype));
    const { note = "" } = lowerings[name] ?? {};
    const becomes = single === null ? "refused" : single.join(", ") || "nothing";
    return `| \`${name}\` | ${becomes} | ${double === null ? "no" : "yes"} | ${note.replace(/^refused: /, "")} |`;
  });
  return ["| op | ONNX | float64 | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** A page with the table in its place. */
export function withTable(page: string): string {
  const [begin, end] = marks.map((mark) => page.indexOf(mark));
  return `${page.slice(0, begin)}${marks[0]}\n\n${renderTable()}\n\n${page.slice(end)}`;
}
