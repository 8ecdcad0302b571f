/** Checks that an argument is a built model, with hints for specs and networks of the book. */
import { isPromise, refuseOtherCopy, SpecError, shown } from "@adjoint/tensor";
import { Model } from "./model.ts";

type Caller = "saveModel" | "encodeModel" | "statesMetadata" | "summary" | "layerRows" | "randomSamples";

/** Whether a value is a network of the book: a layer is its last, and its parameters are a record. */
export function isBookNetwork(net: unknown): net is { readonly params: unknown } {
  return typeof net === "object" && net !== null && "lastLayer" in net && "params" in net;
}

/** @throws SpecError for anything but a model */
export function checkModel(op: Caller, net: unknown): void {
  if (net instanceof Model) return;
  // Of a model that another copy of the library built the parameters say so.
  const { params = {} } = (net ?? {}) as { readonly params?: object };
  for (const value of [net, ...Object.values(params)]) refuseOtherCopy(op, "net", value);
  if (isPromise(net)) throw SpecError.of(op, "net", net, "a model");
  const hint = op === "saveModel" ? "Pass the model first: saveModel(net, path)." : `Pass a model: ${op}(net).`;
  const found = describeNonModel(net);
  throw SpecError.of(op, "net", typeof net, "the result of build(spec)", {
    problem: `the model is ${found.words}`,
    hint: found.hint?.(op) ?? hint,
  });
}

/** Describes a value that is not a model, with a hint. */
function describeNonModel(net: unknown): { readonly words: string; readonly hint?: (op: Caller) => string } {
  if (net === undefined) return { words: "missing" };
  if (net === null || typeof net !== "object") return { words: `the ${typeof net} ${shown(net)}` };
  if (isBookNetwork(net)) {
    const hints = {
      saveModel: "Save its state: await writeSafetensors(path, net.state()).",
      encodeModel: "Save its state: encodeSafetensors(net.state()).",
      statesMetadata: "Name its values yourself: the metadata is of models of a spec.",
      summary: "Print the shapes of its params.",
      layerRows: "Read the shapes of its params.",
      randomSamples: "Draw them with rng(seed).normal([count, …]).",
    };
    return { words: `a ${net.constructor.name}, a network of the book`, hint: (op) => hints[op] };
  }
  if (Array.isArray((net as { readonly layers?: unknown }).layers)) {
    return {
      words: "a spec",
      hint: (op) => `Build it first: ${op}(build(spec)${op === "saveModel" ? ", path" : ""}).`,
    };
  }
  return { words: "another object" };
}
