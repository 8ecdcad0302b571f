/** The training that is shown: a record that grows, live, or one that came with the page. */
import { batch, computed, signal } from "@preact/signals";
import { type Remote, wrap } from "comlink";
import { startWorker } from "../../page/state/worker.ts";
import { Snapshots, type TrainingMetrics, type TrainingRecord } from "../../src/training/record.ts";
import type { Latest, Progress, Started, StepGraph } from "../experiment/experiment.ts";
import { type LessonName, lessonNames, lessons } from "../experiment/lessons.ts";
import { defaults, type Settings, settingsFrom, settingsToParams } from "../experiment/settings.ts";
import type { Engine } from "../experiment/worker.ts";
import { DrawingPace } from "./pace.ts";

/** Steps whose distributions are kept, evenly spaced; the charts are as wide as so many. */
const mostSnapshots = 200;

/** What was recorded so far. Arrays grow in place: {@link revision} says when they have. */
export interface Recorded {
  readonly layers: readonly string[];
  readonly losses: number[];
  readonly metrics: TrainingMetrics[];
  readonly snapshots: Snapshots;
  readonly latest: Latest;
}

export const speeds = ["1", "10", "60", "max"] as const;
export type Speed = (typeof speeds)[number];

/** The record that came with the page; null where a network is trained in it. */
export const report = signal<TrainingRecord | null>(null);
export const settings = signal<Settings>(defaults);
/** The lesson that is read; null: settings of one's own. */
export const lesson = signal<LessonName | null>(null);
export const started = signal<Started | null>(null);
/** The optimizers that there are, once the engine has said so. */
export const optimizers = signal<Started["optimizers"]>([]);
export const recorded = signal<Recorded | null>(null);
/** Counts what was added to the record. */
export const revision = signal(0);
/** Counts how often {@link latest} changed. */
export const latest = signal<Latest | null>(null);
export const iteration = signal(0);
export const isPlaying = signal(false);
export const speed = signal<Speed>("60");
/** Why the training has stopped; null where it can go on. */
export const problem = signal<string | null>(null);
/** Whether a number that is not finite has stopped the training. */
export const isNotFinite = computed((): boolean => /NaN|Infinity/.test(problem.value ?? ""));
/** Whether it has stopped a training whose weights were large from the start. */
export const startedTooLarge = computed(
  (): boolean => report.value === null && settings.value.init === "large" && isNotFinite.value,
);

/** The number of steps that the charts are wide. */
export const span = computed((): number => {
  revision.value;
  const { snapshots, losses } = recorded.value ?? {};
  return Math.max(snapshots === undefined ? 1 : snapshots.span, losses?.length ?? 1);
});

let engine: Remote<Engine> | null = null;

/** Counts trainings: what belongs to one before is passed over. */
let current = 0;

/** Starts the training of the present settings from its beginning. */
export async function restart(): Promise<void> {
  const own = ++current;
  engine ??= wrap<Engine>(startWorker());
  batch(() => {
    isPlaying.value = false;
    started.value = null;
    problem.value = null;
  });
  try {
    const next = await engine.start(settings.value);
    if (own !== current) return;
    batch(() => {
      started.value = next;
      optimizers.value = next.optimizers;
      recorded.value = {
        layers: next.layers,
        losses: [],
        metrics: [next.metrics],
        snapshots: new Snapshots(mostSnapshots),
        latest: next.latest,
      };
      latest.value = next.latest;
      iteration.value = 0;
      revision.value++;
    });
  } catch (error) {
    if (own === current) problem.value = (error as Error).message;
  }
}

/** Takes what some steps brought. It is not seen before {@link show}. */
function take(progress: Progress): void {
  const into = recorded.peek();
  if (into === null) return;
  for (const loss of progress.losses) into.losses.push(loss);
  into.metrics.push(...progress.metrics);
  for (const snapshot of progress.snapshots) into.snapshots.add(snapshot);
  if (progress.error === null) return;
  batch(() => {
    problem.value = progress.error;
    isPlaying.value = false;
  });
}

/** Shows all that was taken, and pictures where there are new ones. */
function show(pictures: Latest | null): void {
  batch(() => {
    if (pictures !== null) latest.value = pictures;
    iteration.value = recorded.peek()?.losses.length ?? 0;
    revision.value++;
  });
}

const pace = new DrawingPace();

/** Shows what was taken as {@link show} does, and finds out how long the main thread works for it. */
function showPaced(pictures: Latest | null): void {
  const start = performance.now();
  show(pictures);
  const shown = performance.now() - start;
  pace.took(shown, start + shown);
  requestAnimationFrame(() => {
    const begun = performance.now();
    const { port1, port2 } = new MessageChannel();
    // The first task after the frame: its layout and painting are done by then.
    port1.onmessage = () => {
      const now = performance.now();
      pace.took(shown + now - begun, now);
      port1.close();
    };
    port2.postMessage(null);
  });
}

const nextFrame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds of a frame that the worker trains in when it goes as fast as it can. */
const burst = 12;
/** Milliseconds between looks at pictures and histograms. */
const latestEvery = 160;

export async function play(): Promise<void> {
  if (engine === null || started.peek() === null || problem.peek() !== null || isPlaying.peek()) return;
  const own = current;
  isPlaying.value = true;
  let looked = 0;
  while (isPlaying.peek() && own === current) {
    const now = performance.now();
    const each = speed.peek();
    const looks = pace.isDue(now) && (each === "1" || now - looked > latestEvery);
    if (looks) looked = now;
    const progress = await engine.run(each === "max" ? 1e9 : 1, burst, looks);
    if (own !== current) return;
    take(progress);
    if (looks || pace.isDue(performance.now())) showPaced(progress.latest);
    if (each === "1" || each === "10") await wait(Math.max(0, now + 1000 / Number(each) - performance.now()));
    else await nextFrame();
  }
  if (own === current) await look();
}

/** Shows all that was taken, and pictures and histograms as they are after the last step. */
async function look(): Promise<void> {
  if (engine === null) return;
  const own = current;
  const seen = await engine.latest();
  if (own === current) show(seen);
}

export function pause(): void {
  isPlaying.value = false;
}

/** Trains for so many steps, and stays there. */
export async function advance(steps: number): Promise<void> {
  if (engine === null || started.peek() === null || problem.peek() !== null) return;
  const own = current;
  isPlaying.value = false;
  let left = steps;
  while (left > 0 && own === current && problem.peek() === null) {
    const progress = await engine.run(left, burst, false);
    if (own !== current) return;
    take(progress);
    if (pace.isDue(performance.now())) showPaced(null);
    left -= Math.max(1, progress.losses.length);
    if (left > 0) await nextFrame();
  }
  await look();
}

/** The graph of the last step with its values. */
export async function stepGraph(): Promise<StepGraph> {
  if (engine === null) throw new Error("nothing is trained here");
  return await engine.stepGraph();
}

/** Changes settings, and starts over. */
export async function choose(changes: Partial<Settings>, of: LessonName | null = lesson.peek()): Promise<void> {
  batch(() => {
    settings.value = { ...settings.peek(), ...changes };
    lesson.value = of;
  });
  await restart();
}

/** Shows a lesson as it begins; null: the settings stay, and are one's own. */
export async function openLesson(name: LessonName | null): Promise<void> {
  if (name === null) lesson.value = null;
  else await choose(lessons[name].settings, name);
}

/** Shows a record that came with the page. */
export function showReport(record: TrainingRecord): void {
  const snapshots = new Snapshots(Number.POSITIVE_INFINITY);
  for (const snapshot of record.snapshots) snapshots.add(snapshot);
  const { layers, losses, metrics, histograms, filters, view } = record;
  batch(() => {
    report.value = record;
    latest.value = { histograms, filters, view };
    recorded.value = { layers, losses: [...losses], metrics: [...metrics], snapshots, latest: latest.value };
    iteration.value = record.losses.length;
    problem.value = record.error;
    revision.value++;
  });
}

/** The settings as a fragment, without `#`. */
export const fragment = computed((): string => {
  const params = settingsToParams(settings.value);
  if (lesson.value !== null) params.set("lesson", lesson.value);
  return params.toString();
});

/** Takes settings over from a fragment; without one the page begins with the first lesson. */
export function applyFragment(text: string): void {
  const params = new URLSearchParams(text.replace(/^#/, ""));
  const named = lessonNames.find((name) => name === params.get("lesson")) ?? null;
  const isEmpty = !params.has("task") && named === null;
  batch(() => {
    lesson.value = isEmpty ? lessonNames[0] : named;
    if (isEmpty) settings.value = lessons[lessonNames[0]].settings;
    else if (named !== null && !params.has("task")) settings.value = lessons[named].settings;
    else settings.value = settingsFrom(params);
  });
}
