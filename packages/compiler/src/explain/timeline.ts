/** Timelines: when each part of a program ran. As text, and as a file for the viewers of Chrome and Perfetto. */
import { formatShape } from "@adjoint/tensor";
import { formatBytes } from "@adjoint/tensor/internal";
import type { Executable, Part } from "../engines/engine.ts";

/** A part of a program, and when it ran. */
export interface TimedPart extends Pick<Part, "name" | "shape" | "work" | "isByHost"> {
  /** Milliseconds from the start of the run. */
  readonly start: number;
  readonly milliseconds: number;
}

/** One run of a program. */
export interface Timeline {
  /** Of the whole run: its parts, and what moves values in and out. */
  readonly milliseconds: number;
  /** In the order in which they ran. */
  readonly parts: readonly TimedPart[];
  /** The memory that the program holds, in bytes; 0 where values come and go. */
  readonly bytes: number;
}

/** Calls `take`, which runs the program once, with a clock around each part. */
export function timelineOf({ parts, bytes }: Executable, take: () => void): Timeline {
  const timed: TimedPart[] = [];
  const untimed = parts.map(({ run }) => run);
  const begin = performance.now();
  for (const part of parts) {
    const { name, shape, work, isByHost, run } = part;
    const timedRun = (): void => {
      const start = performance.now();
      run();
      timed.push({ name, shape, work, isByHost, start: start - begin, milliseconds: performance.now() - start });
    };
    Object.assign(part, { run: timedRun });
  }
  try {
    take();
    return { milliseconds: performance.now() - begin, parts: timed, bytes };
  } finally {
    for (const [i, part] of parts.entries()) Object.assign(part, { run: untimed[i] });
  }
}

/** Billions of additions and multiplications a second; 0 where nobody counts them. */
function gflopsOf({ work, milliseconds }: TimedPart): number {
  return milliseconds === 0 ? 0 : work / milliseconds / 1e6;
}

/** The parts as text, the slowest first: time, share and speed. */
export function explainTimes({ parts, bytes }: Timeline): string {
  const total = parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const lines = parts
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
    .map((part) => {
      const { name, shape, milliseconds } = part;
      const share = total === 0 ? 0 : (100 * milliseconds) / total;
      const gflops = gflopsOf(part);
      const speed = gflops === 0 ? "" : `, ${gflops.toFixed(1)} GFLOP/s`;
      return `${milliseconds.toFixed(3)} ms ${share.toFixed(1)} % ${name} ${formatShape(shape)}${speed}`;
    });
  return [`${total.toFixed(2)} ms in ${parts.length} parts, ${formatBytes(bytes)} of memory`, ...lines].join("\n");
}

/**
 * The timeline in the trace event format: the run as one complete event, its parts as others inside of it. Times are
 * microseconds.
 *
 * Source: Trace Event Format, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function traceEvents(timeline: Timeline, engine: string): string {
  const event = (name: string, category: string, start: number, milliseconds: number, args: object): object => {
    // Whole nanoseconds, so that no part ends after the run that it is in.
    const [from, to] = [start, start + milliseconds].map((time) => Math.round(time * 1e6));
    return { name, cat: category, ph: "X", ts: from / 1000, dur: (to - from) / 1000, pid: 1, tid: 1, args };
  };
  const run = event("program", "program", 0, timeline.milliseconds, { engine, bytes: timeline.bytes });
  const parts = timeline.parts.map((part) => {
    const { name, shape, work, start, milliseconds, isByHost } = part;
    const args = { shape: formatShape(shape), work, gflops: Number(gflopsOf(part).toFixed(2)) };
    return event(name, isByHost ? "op" : "kernel", start, milliseconds, args);
  });
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents: [run, ...parts] });
}
