/** The losses and metrics of a spec: whether they are known, and have the form of their kind. */
import { type LossSpec, losses } from "../losses/all.ts";
import { metricSchema, plainMetricNames } from "../losses/metrics.ts";
import type { UnclearSpec } from "../plan/unclear.ts";
import type { Notes } from "./mend.ts";
import type { Path } from "./mistake.ts";
import { isObject } from "./plain.ts";
import { kindSynonyms } from "./synonyms.ts";
import { meant, shown, suggestion } from "./words.ts";

/** The losses that were understood. */
export function readLosses(
  { loss, losses: several }: Readonly<Record<string, unknown>>,
  notes: Notes,
): Pick<UnclearSpec, "loss" | "losses"> {
  if (loss !== undefined && several !== undefined) {
    const hint = "Use losses for several outputs, loss for one.";
    notes.add({ path: ["losses"], problem: "loss and losses are both given", hint });
  }
  const isOne = loss !== undefined && isLoss(loss, ["loss"], notes);
  const right = Object.entries(isObject(several) ? several : {}).filter((entry): entry is [string, LossSpec] =>
    isLoss(entry[1], ["losses", entry[0]], notes),
  );
  return { ...(isOne ? { loss } : {}), ...(right.length > 0 ? { losses: Object.fromEntries(right) } : {}) };
}

const lossSynonyms = kindSynonyms([...losses.values()]);

/** Whether a loss is valid. */
function isLoss(value: unknown, path: Path, notes: Notes): value is LossSpec {
  const names = [...losses.keys()];
  const kind = isObject(value) ? (Object.hasOwn(value, "kind") ? value.kind : undefined) : value;
  const schema = typeof kind === "string" ? losses.get(kind)?.schema : undefined;
  if (schema === undefined) {
    const subject = isObject(value) ? `${path.join(".")}.kind` : path.join(".");
    const rule = suggestion(kind, names, `it must be ${names.map((name) => `"${name}"`).join(" or ")}`, lossSynonyms);
    const place = isObject(value) && kind !== undefined ? [...path, "kind"] : path;
    const near = meant(kind, names, lossSynonyms);
    notes.add({
      path: place,
      problem: `${subject} is ${kind === undefined ? "missing" : shown(kind)}; ${rule}`,
      ...(near === undefined ? {} : { fix: { path: place, value: near } }),
    });
    return false;
  }
  if (!isObject(value)) return true;
  const before = notes.mistakes.length;
  notes.read(schema, value, path, Object.keys(schema.shape));
  return notes.mistakes.length === before;
}

/** Notes wrong metrics. */
export function readMetrics(value: unknown, notes: Notes): void {
  const lists: [Path, unknown][] = isObject(value)
    ? Object.entries(value).map(([name, list]) => [["metrics", name], list])
    : [[["metrics"], value]];
  for (const [path, list] of lists) {
    if (!Array.isArray(list)) continue;
    list.forEach((metric, i) => {
      const result = metricSchema.safeParse(metric);
      if (result.success) return;
      const others = `it must be a metric: ${plainMetricNames.join(", ")}, or { kind: "topAccuracy", k }`;
      const rule = suggestion(metric, plainMetricNames, others);
      notes.add({ path: [...path, i], problem: `metrics[${i}] is ${shown(metric)}; ${rule}` });
    });
  }
}
