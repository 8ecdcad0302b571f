/** `adjoint diff A B`: in what two models differ: layers, shapes of parameters, and numbers. */
import { renderTable, right } from "@adjoint/nn/internal";
import { formatShape } from "@adjoint/tensor";
import { Command } from "commander";
import { type CommonOptions, modelFile, useOption } from "../arguments/options.ts";
import {
  compareModels,
  type LayerDifference,
  type ModelDifference,
  type TensorForm,
} from "../comparing/compare-models.ts";
import { type Compared, openCompared } from "../comparing/open-compared.ts";
import type { Terminal } from "../terminal/output.ts";
import { exitCodes } from "./exit-codes.ts";

/** The command, printing to `terminal`; `fail` is called with the exit code 1 where they differ. */
export function diffCommand(terminal: Terminal, fail: (code: number) => void): Command {
  const files = `a saved model or tensors (.safetensors, .npz, .npy), the folder of a run, ${modelFile}, or .onnx`;
  return new Command("diff")
    .description("say in what two models differ: layers, parameters by shape, and parameters by their numbers")
    .argument("<a>", files)
    .argument("<b>", "another one")
    .option("--json", "print the differences as JSON")
    .addOption(useOption())
    .addHelpText(
      "after",
      "\nExit code: 0 where they are the same, 1 where they differ. The numbers of a spec are drawn, and not compared.",
    )
    .action(async (a: string, b: string, { json, use }: CommonOptions) => {
      const [one, two] = [await openCompared(a, use), await openCompared(b, use)];
      const difference = compareModels(one, two);
      terminal.print(json ? `${JSON.stringify({ a, b, ...difference })}\n` : render(difference, one, two));
      if (!difference.same) fail(exitCodes.found);
    });
}

function render({ same, layers, tensors, shared, comparedNumbers }: ModelDifference, a: Compared, b: Compared): string {
  const lines: string[] = [];
  if (same) {
    const count = `${shared.toLocaleString("en-US")} tensor${shared === 1 ? "" : "s"}`;
    lines.push(`the same: ${count} of equal ${comparedNumbers ? "shapes and numbers" : "shapes"}`);
  }
  if (layers === null) lines.push(`layers are not compared: ${kindOf(a)} and ${kindOf(b)}`);
  if (!comparedNumbers) {
    const specs = [a, b].filter(({ hasNumbers }) => !hasNumbers).map(({ path }) => path);
    lines.push(`numbers are not compared: those of ${specs.join(" and ")} are drawn anew each time`);
  }
  if (layers !== null && layers.length > 0) {
    const rows = layers.map((one) => [one.name, layerWords(one, "a"), layerWords(one, "b")]);
    lines.push(renderTable(["layer", a.path, b.path], rows));
  }
  if (tensors.length > 0) {
    const numbers = ["differing", "max |a − b|", "‖a − b‖ / ‖a‖"].map(right);
    const rows = tensors.map(({ name, a: one, b: two, numbers: found }) => {
      const forms = [name, formWords(one), formWords(two)];
      if (found === null) return [...forms, "", "", ""];
      return [...forms, found.count.toLocaleString("en-US"), shown(found.largest), shown(found.relative)];
    });
    lines.push(renderTable(["tensor", a.path, b.path, ...numbers], rows));
  }
  return `${lines.join("\n")}\n`;
}

const kindOf = ({ path, parts }: Compared): string =>
  `${path} has ${parts === "nodes" ? "nodes of ONNX" : parts === "layers" ? "layers" : "tensors alone"}`;

const formWords = (form: TensorForm | null): string =>
  form === null ? "–" : `${form.type} ${formatShape(form.shape)}`;

/** Three digits; a dash where numbers that are not finite stand on one side. */
const shown = (x: number | null): string => (x === null ? "–" : x.toExponential(2));

/** The kind of a layer where it is in one model only or changed; its options that differ. */
function layerWords({ changed, ...sides }: LayerDifference, side: "a" | "b"): string {
  const layer = sides[side];
  if (layer === null) return "–";
  if (sides.a === null || sides.b === null) return layer.kind;
  const words = changed.map((name) => {
    if (name === "kind") return layer.kind;
    if (name === "place") return side === "a" ? "" : "at another place";
    const value = layer.options[name];
    return value === undefined ? "" : `${name}: ${JSON.stringify(value)}`;
  });
  return words.filter((word) => word !== "").join(", ");
}
