/** From a graph to its picture: folded, laid out in rows, with its values, still or in motion. */
import type { GraphData } from "@adjoint/autograd";
import { withValues } from "../graph-values.ts";
import { type FoldedGraph, foldGraph, openAtFirst, scopesOf } from "./fold.ts";
import { heatMapUrl } from "./heat-map.ts";
import { gradientsOf } from "./homes.ts";
import { hasPicture, nameIn, pictureSize, shapeText, tellsOp } from "./labels.ts";
import { aroundBoxes } from "./layout/around.ts";
import { type Layout, layoutGraph } from "./layout/layout.ts";
import { wrapLayout } from "./layout/wrap.ts";
import { type DrawingState, largestOf, type Summary, stepStateOf } from "./painting/appearance.ts";
import { inkOf, type PictureTheme } from "./painting/ink.ts";
import { motionOf } from "./painting/motion.ts";
import { numberText } from "./painting/numbers.ts";
import { drawingToSvg, type SvgDrawing } from "./painting/svg.ts";
import { type Course, courseAsFolded, doneAfter } from "./steps.ts";
import { pictureOf, summaryOf } from "./values.ts";
import { stepLine, type WritingOfGraph, writingOf } from "./writing/lines.ts";
import { english, type StepWords } from "./writing/words.ts";

/** What of a graph is drawn. */
export interface DrawOptions {
  /**
   * The scopes whose ops are drawn, by their paths, or "all"; others are one box forward and one backward. Default: all
   * scopes of a graph of at most 90 nodes, none of a larger one.
   */
  readonly open?: "all" | readonly string[];
  /** Whether the backward pass is drawn, where there is one. Default true. */
  readonly backward?: boolean;
  /**
   * Whether reshapes that only add or drop axes of length 1 have boxes of their own, and the nodes between which the rules
   * of softmax and log softmax take care of digits. Default false.
   */
  readonly reshapes?: boolean;
  /** Whether values are shown. Those that the graph does not hold are computed by running it. Default true. */
  readonly values?: boolean;
  /** The width in pixels that the drawing is set in rows for, as text is. Default: about 1.6 times its height. */
  readonly width?: number;
}

/** A graph with everything in place. */
export interface DrawnGraph {
  readonly graph: GraphData;
  readonly folded: FoldedGraph;
  readonly layout: Layout;
  readonly course: Course;
  readonly summaries: readonly (Summary | null)[];
  readonly writing: WritingOfGraph;
  readonly words: StepWords;
}

/** A drawing is about so many times as wide as high, but no narrower than `least`, and of few boxes no wider than `most`. */
const shape = { aspect: 1.6, least: 1000, most: 1800, few: 120 } as const;

function widthFor({ width, height, boxes }: Layout): number {
  const wanted = Math.max(shape.least, Math.sqrt(width * height * shape.aspect));
  return boxes.size <= shape.few ? Math.min(shape.most, wanted) : wanted;
}

/** Places a graph, with its values as far as they are known or can be computed. */
export function drawGraph(given: GraphData, options: DrawOptions = {}, words: StepWords = english): DrawnGraph {
  const { backward = true, reshapes = false, values = true } = options;
  const graph = values ? withValues(given) : given;
  const scopes = options.open === "all" ? scopesOf(graph) : (options.open ?? openAtFirst(graph));
  const folded = foldGraph(graph, { open: new Set(scopes), backward, quiet: reshapes });
  const layout = layoutGraph(graph, folded);
  const summaries = graph.nodes.map(({ value }) => (values && value !== undefined ? summaryOf(value) : null));
  return {
    graph,
    folded,
    layout: aroundBoxes(wrapLayout(layout, options.width ?? widthFor(layout))),
    course: courseAsFolded(graph, folded, reshapes),
    summaries,
    writing: writingOf(graph, summaries, words),
    words,
  };
}

/** The state of a drawing after a step; null: all are done, −1: none is. */
export function stateAfter({ graph, summaries, course }: DrawnGraph, step: number | null): DrawingState {
  return {
    graph,
    summaries,
    before: summaries,
    gradientOf: gradientsOf(graph),
    done: step === null ? null : doneAfter(course, step),
    step: step === null || step < 0 ? null : stepStateOf(graph, course, step, summaries),
    selected: null,
    found: new Set(),
    lit: new Map(),
    changed: new Set(),
  };
}

/** What is said of a step: what runs, and what it computes. */
export interface Caption {
  readonly title: string;
  readonly line: string;
}

/** What is said of a step. */
export function captionOf({ graph, folded, course, writing, words }: DrawnGraph, step: number): Caption {
  const present = course.steps[step];
  const { direction, node } = present;
  const scope = folded.boxes.get(folded.boxOf[node] ?? "")?.scope ?? null;
  const { op, name } = graph.nodes[node];
  const isCalledSo = name === undefined || op === null || tellsOp(name, op);
  const called = scope ?? (isCalledSo ? nameIn(graph, node) : `${op} ${name}`);
  const title = {
    forward: words.forwardStep(called),
    start: words.startStep,
    backward: words.backwardStep(called),
  }[direction];
  return {
    title: `${words.stepOf(step + 1, course.steps.length)}  ${title}`,
    line: scope === null ? stepLine(writing, present) : "",
  };
}

/** How the picture is shown. */
export interface ShowOptions {
  readonly title?: string;
  readonly theme?: PictureTheme;
  /** After which step; default: after all. */
  readonly step?: number | null;
  /** Seconds for each step of a picture in motion; none for a still one. */
  readonly stepSeconds?: number;
}

/** The picture of a graph as SVG text. */
export function showGraph(drawn: DrawnGraph, options: ShowOptions = {}): string {
  const { title, theme = "auto", step = null, stepSeconds } = options;
  const { folded, layout, course } = drawn;
  const state = stateAfter(drawn, step);
  const captions = stepSeconds === undefined ? [] : course.steps.map((_, at) => captionOf(drawn, at));
  const motion =
    stepSeconds === undefined || course.steps.length === 0
      ? undefined
      : motionOf({ state, folded, layout, course, ink: inkOf(theme), seconds: stepSeconds, captions });
  const picture: SvgDrawing = {
    state,
    folded,
    layout,
    theme,
    title: title ?? "computational graph",
    // In the middle of the steps, values of later steps stay hidden.
    ...(step === null ? { description: descriptionOf(drawn) } : {}),
    hasHeading: title !== undefined,
    pictures: heatMapsOf(drawn, theme),
    ...(motion === undefined ? {} : { motion }),
  };
  return drawingToSvg(picture);
}

/** Heat maps of the tensors that are too large for numbers. */
function heatMapsOf({ graph, folded, summaries }: DrawnGraph, theme: PictureTheme): Map<number, string> {
  const found = new Map<number, string>();
  for (const box of folded.boxes.values()) {
    const [id] = box.nodes;
    const [{ value }, summary] = [graph.nodes[id], summaries[id]];
    if (value === undefined || summary === null || !hasPicture(graph, box)) continue;
    const picture = pictureOf(value, pictureSize);
    if (picture !== null) found.set(id, heatMapUrl(picture, largestOf(summary), theme === "dark" ? "dark" : "light"));
  }
  return found;
}

/** The most values that a description lists of each kind. */
const mostListed = 12;

/** What the picture shows, for who does not see it. */
function descriptionOf({ graph, summaries }: DrawnGraph): string {
  const shown = (id: number): string => {
    const value = summaries[id]?.value ?? null;
    const { shape } = graph.nodes[id];
    return value === null ? `of shape ${shapeText(shape)}` : numberText(value);
  };
  const listed = (ids: readonly number[], name: (id: number) => string): string => {
    const all = ids.slice(0, mostListed).map(name);
    return ids.length > mostListed ? `${all.join(", ")} and ${ids.length - mostListed} more` : all.join(", ");
  };
  const ops = graph.nodes.filter(({ role }) => role === "op").length;
  const gradients = graph.nodes.filter(({ role }) => role === "gradient").length;
  const leaves = graph.nodes.filter(({ op, name, role }) => op === null && name !== undefined && role !== "gradient");
  const named = Object.entries(graph.gradients).filter(([leaf]) => graph.nodes[Number(leaf)].name !== undefined);
  const gradientOf = new Map(named.map(([leaf, gradient]) => [Number(leaf), gradient]));
  return [
    `${ops} ${ops === 1 ? "op" : "ops"} forward${gradients === 0 ? "" : `, ${gradients} nodes backward`}.`,
    leaves.length === 0
      ? ""
      : `Leaves: ${listed(
          leaves.map(({ id }) => id),
          (id) => `${graph.nodes[id].name} ${shown(id)}`,
        )}.`,
    `Result: ${listed(graph.outputs, (id) => `${nameIn(graph, id)} ${shown(id)}`)}.`,
    gradientOf.size === 0
      ? ""
      : `Gradients: ${listed([...gradientOf.keys()], (id) => `of ${graph.nodes[id].name} ${shown(gradientOf.get(id) as number)}`)}.`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
