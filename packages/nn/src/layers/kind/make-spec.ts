/** The spec of a layer, from the options that a builder was given. */
import { SpecError } from "@adjoint/tensor";

/**
 * A spec without entries that are undefined, which JSON does not have.
 * @throws SpecError when the options are no object, or are those of another kind; `model` checks what is in them
 */
export function makeSpec<Spec extends { readonly kind: string }>(kind: Spec["kind"], options: unknown): Spec {
  const op = `layers.${kind}`;
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new SpecError({
      op,
      problem: `options are ${options === null ? "null" : Array.isArray(options) ? "an array" : options === undefined ? "missing" : `the ${typeof options} ${String(options)}`}`,
      argument: "options",
      expected: "an object",
      received: String(options),
      hint: "Pass options by name, as an object.",
    });
  }
  const given = Object.entries(options).filter(([key, value]) => value !== undefined && key !== "kind");
  const other: unknown = Object.hasOwn(options, "kind") ? (options as { kind: unknown }).kind : undefined;
  if (other !== undefined && other !== kind) {
    throw new SpecError({
      op,
      problem: `the options are those of another kind, ${JSON.stringify(other) ?? typeof other}`,
      argument: "kind",
      expected: kind,
      received: String(other),
      hint: "The function already says the kind: leave it out.",
    });
  }
  return { kind, ...Object.fromEntries(given) } as unknown as Spec;
}
