/** The audit of the checker, in short: no false alarm and no mistake that passes, for any kind of input. */
import { describe, expect, it } from "vitest";
import { runs } from "../../../../testing/runs.ts";
import { type AuditOptions, audit, inputKinds, isMistaken } from "./audit.ts";

const settings: readonly AuditOptions[] = [
  { dtype: "float64", order: 1, mode: "full" },
  { dtype: "float32", order: 1, mode: "full" },
  { dtype: "float64", order: 2, mode: "full" },
];

describe.each(settings)("gradcheck of functions with known derivatives ($dtype, order $order)", (options) => {
  it.each(inputKinds)("calls no right rule wrong, and no wrong one right, at %s inputs", (kind) => {
    const entries = audit(kind, runs(48), 1, options);
    const failed = entries.filter(isMistaken);
    expect(failed.map(({ text }) => text)).toEqual([]);
  });
});

it.each(settings.slice(0, 2))("gradcheck decides at ordinary inputs ($dtype)", (options) => {
  const entries = audit("ordinary", 40, 1, options);
  // In float32 one right entry in a hundred is too ill-conditioned to tell.
  expect(entries.filter(({ said }) => said === "unsure").length).toBeLessThanOrEqual(2);
});
