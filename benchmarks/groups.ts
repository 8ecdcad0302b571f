/** What a `*.bench.ts` file exports: `groups`, an array of {@link BenchmarkGroup}. */

export interface BenchmarkCase {
  readonly name: string;
  /** What the others of its group are compared with. */
  readonly baseline?: boolean;
  /** Floating point operations of one run (for "GFLOP/s"), or ops (for "µs/op"). */
  readonly work: number;
  /** What is timed; the first call, which prepares what it needs, is not. */
  run(): void;
}

/** Cases that compute the same. */
export interface BenchmarkGroup {
  readonly title: string;
  /** What is shown beside the time: operations by time, runs a second, or time of one op. */
  readonly unit: "GFLOP/s" | "ms" | "µs/op";
  readonly cases: readonly BenchmarkCase[];
}

/** A case whose preparation waits for the first run, so that a filtered run prepares only what it times. */
export function lazily(name: string, work: number, prepare: () => () => void, baseline = false): BenchmarkCase {
  let run: (() => void) | undefined;
  return {
    name,
    baseline,
    work,
    run() {
      run ??= prepare();
      run();
    },
  };
}

/** Such cases by their names, the first of which is the baseline. */
export function lazyCases(prepared: Readonly<Record<string, () => () => void>>): BenchmarkCase[] {
  return Object.entries(prepared).map(([name, prepare], i) => lazily(name, 0, prepare, i === 0));
}
