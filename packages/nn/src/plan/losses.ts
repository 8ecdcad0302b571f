/** Checks that losses and metrics fit the outputs of a model. */
import { formatShape, nearest } from "@adjoint/tensor";
import type { SampleSpec } from "../layers/kind/layer-kind.ts";
import { fullLoss, kindOfLoss, type LossSpec } from "../losses/all.ts";
import type { Mistake, Path } from "../read/mistake.ts";
import type { ModelSpec } from "../read/model-spec.ts";

/** An output by name; null where it is unknown. */
type Output = { readonly name: string; readonly sample: SampleSpec | null };

/** The mistakes of the losses and metrics of a spec. */
export function lossMistakes(
  spec: Pick<ModelSpec, "loss" | "losses" | "metrics">,
  outputs: readonly Output[],
): Mistake[] {
  const { loss, losses, metrics } = spec;
  const several = outputs.map(({ name }) => `"${name}"`).join(", ");
  const mistakes: Mistake[] = [];
  if (loss !== undefined) {
    if (outputs.length === 1) mistakes.push(...misfit(loss, outputs[0], ["loss"]));
    else if (outputs.length > 1) {
      mistakes.push({
        path: ["loss"],
        problem: `one loss is given for ${outputs.length} outputs`,
        hint: `Give a loss for each: "losses": { ${outputs.map(({ name }) => `"${name}": …`).join(", ")} }.`,
      });
    }
  }
  for (const [name, of] of Object.entries(losses ?? {})) {
    const output = outputs.find((candidate) => candidate.name === name);
    if (output !== undefined) mistakes.push(...misfit(of, output, ["losses", name]));
    else mistakes.push(unknownOutput(["losses", name], outputs));
  }
  if (Array.isArray(metrics) && outputs.length > 1) {
    mistakes.push({
      path: ["metrics"],
      problem: `metrics is a list, but there are ${outputs.length} outputs, ${several}`,
      hint: `Give metrics by output: "metrics": { "${outputs[0].name}": ["accuracy"] }.`,
    });
  }
  for (const name of Array.isArray(metrics) ? [] : Object.keys(metrics ?? {})) {
    if (outputs.every((output) => output.name !== name)) mistakes.push(unknownOutput(["metrics", name], outputs));
  }
  return mistakes;
}

function unknownOutput(path: readonly [string, string], outputs: readonly Output[]): Mistake {
  const [, name] = path;
  const names = outputs.map((output) => output.name);
  const meant = nearest(name, names);
  const hint = meant === undefined ? `The outputs are ${names.join(", ")}.` : `Did you mean "${meant}"?`;
  return { path, problem: `unknown output "${name}"`, received: name, hint };
}

/** The mistake of a loss that does not fit its output. */
function misfit(loss: LossSpec, { name, sample }: Output, path: Path): Mistake[] {
  if (sample === null) return [];
  const { kind } = fullLoss(loss);
  const needs = kindOfLoss(fullLoss(loss)).needs?.(sample.shape) ?? null;
  const given = formatShape(sample.shape);
  if (sample.type === "labels") {
    return [
      {
        path,
        layer: kind,
        problem: `the last layer, ${name}, gives labels; the loss needs real numbers`,
        hint: "Put an embedding layer first.",
      },
    ];
  }
  if (needs === null) return [];
  return [
    {
      path,
      layer: kind,
      problem: `the last layer, ${name}, gives samples of shape ${given}; the loss needs ${needs}`,
      expected: needs,
      received: given,
      hint: `End with an affine layer, one unit for each class${kind === "softmaxWithLoss" && sample.shape.length > 1 ? "; for classes of steps or pixels, use crossEntropy" : ""}.`,
    },
  ];
}
