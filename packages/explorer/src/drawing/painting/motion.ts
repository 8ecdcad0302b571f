/**
 * The steps of a computation in motion: values appear as they are computed, tokens run along the arrows of a step, and a
 * line says what it computes. By CSS alone where it matters, so that a reader who asks for less motion sees the finished
 * drawing; tokens run by SMIL, since no other way of moving along a path works alike in all browsers, and are not seen then.
 */
import type { FoldedGraph } from "../fold.ts";
import type { Layout } from "../layout/layout.ts";
import type { Course } from "../steps.ts";
import { type DrawingState, isEmphasized, stepStateOf } from "./appearance.ts";
import { curveOf } from "./curve.ts";
import type { Ink } from "./ink.ts";
import { type Motion, pathOf, stepToSvg, textAt } from "./svg.ts";

/** What moves. */
export interface MotionOptions {
  readonly state: DrawingState;
  readonly folded: FoldedGraph;
  readonly layout: Layout;
  readonly course: Course;
  readonly ink: Ink;
  /** How long a step takes. */
  readonly seconds: number;
  /** What is said of each step. */
  readonly captions: readonly { readonly title: string; readonly line: string }[];
}

/** Beats before the first step, when only leaves have values, and after the last. */
const rest = { before: 1, after: 3 } as const;
/** The part of its step in which a token runs. */
const run = 0.6;
const room = 52;

const name = (kind: "pale" | "seen" | "now", step: number): string => `adjoint-${kind}${step}`;

/** The classes, and what is drawn above and below. */
export function motionOf({ state, folded, layout, course, ink, seconds, captions }: MotionOptions): Motion {
  const count = course.steps.length;
  const beats = rest.before + count + rest.after;
  const duration = Math.round(beats * seconds * 100) / 100;
  const at = (beat: number): number => Math.round((beat / beats) * 10_000) / 100;
  const startOf = (step: number): number => at(rest.before + step);
  const endOf = (step: number): number => at(rest.before + step + 1);
  const timed = (kind: "pale" | "seen" | "now", step: number, frames: string): string =>
    `.${name(kind, step)}{animation:${name(kind, step)} ${duration}s linear infinite}@keyframes ${name(kind, step)}{${frames}}`;
  const rules = course.steps.map((_, step) => {
    const [start, end] = [startOf(step), endOf(step)];
    return [
      timed("pale", step, `0%,${start}%{opacity:.3}${start + 0.01}%,100%{opacity:1}`),
      timed("seen", step, `0%,${start}%{opacity:0}${start + 0.01}%,100%{opacity:1}`),
      timed("now", step, `0%,${start}%,${end}%,100%{opacity:0}${start + 0.01}%,${end - 0.01}%{opacity:1}`),
    ].join("");
  });
  const still = "@media (prefers-reduced-motion:reduce){[class*=adjoint-]{animation:none!important}}";
  const latest = (nodes: readonly number[]): number => Math.max(...nodes.map((id) => course.doneAt[id]));
  const above = course.steps.map((_, step) => {
    const during = { ...state, step: stepStateOf(state.graph, course, step, state.summaries) };
    const borders = stepToSvg(during, folded, layout, ink);
    const tokens = layout.links
      .filter((link) => link.kind !== "saved" && isEmphasized(during, link))
      .map((link) => {
        const [start, stop] = [startOf(step) / 100, at(rest.before + step + run) / 100];
        const times = [0, start, stop, 1].map((t) => Math.round(t * 10_000) / 10_000).join(";");
        return `<circle r="6"${ink.of("token")}><animateMotion dur="${duration}s" repeatCount="indefinite" calcMode="linear" keyPoints="0;0;1;1" keyTimes="${times}" path="${pathOf(curveOf(link))}"/></circle>`;
      });
    return `<g class="${name("now", step)}" opacity="0">${borders}${tokens.join("")}</g>`;
  });
  return {
    fading: (nodes) => {
      const step = latest(nodes);
      return step < 0 ? "" : ` ${name("pale", step)}`;
    },
    appearing: (node) => (course.doneAt[node] < 0 ? "" : name("seen", course.doneAt[node])),
    above: above.join("\n"),
    below: (y, width) => {
      const style = { size: 14, anchor: "start", room: width - 28 } as const;
      const said = (text: string, down: number, weight: number): string =>
        textAt(text, 14, y + down, ink.of("text"), { ...style, weight });
      const lines = captions.map(
        ({ title, line }, step) =>
          `<g class="${name("now", step)}" opacity="0">${said(title, 16, 600)}${said(line, 37, 400)}</g>`,
      );
      return lines.join("\n");
    },
    room,
    rules: rules.join("") + still,
  };
}
