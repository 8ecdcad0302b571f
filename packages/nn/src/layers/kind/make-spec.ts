/** The spec of a layer, from the options that a builder was given. */
import { SpecError, shown } from "@adjoint/tensor";

/**
 * A spec without entries that are undefined, which JSON does not have.
 * @param alone  the option that may be given without its name, and of which types it is
 * @throws SpecError unless options is an object, or when it has another kind; `model` checks the values
 */
export function makeSpec<Spec extends { readonly kind: string }>(
  kind: Spec["kind"],
  options: unknown,
  [option, ...types]: readonly string[] = [],
): Spec {
  const op = `layers.${kind}`;
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    const alone = option === undefined ? "" : `${option}, a ${types.join(" or an ")}, or `;
    throw SpecError.of(op, "options", options, `${alone}an object of options by name`, {
      problem: `it got ${options === undefined ? "nothing" : shown(options)}`,
    });
  }
  const given = Object.entries(options).filter(([key, value]) => value !== undefined && key !== "kind");
  const other: unknown = Object.hasOwn(options, "kind") ? (options as { kind: unknown }).kind : undefined;
  if (other !== undefined && other !== kind) {
    throw SpecError.of(op, "kind", String(other), kind, {
      problem: `the options are those of another kind, ${JSON.stringify(other) ?? typeof other}`,
      hint: "Leave kind out: the function sets it.",
    });
  }
  return { kind, ...Object.fromEntries(given) } as unknown as Spec;
}
