/**
 * Whether it pays to share the work of a program: not where the other cores are busy, since a thread that has claimed a part
 * and has to wait for its turn keeps all others waiting. From time to time some runs are done the other way, and compared
 * with the last ones before them.
 */

/** Runs that are compared: their median, which one that was disturbed does not move. */
const compared = 5;

/** Milliseconds of runs at the beginning of a trial that are not compared: a core that has slept takes that long to be fast. */
const warmUp = 5;

/** Runs from one trial to the next: few at first and after a change, more as long as nothing changes. */
const [fewest, most] = [32, 512];

/** At least so many times as many as the trial took. */
const rarity = 24;

/** Chooses for each run whether threads take part, by how long runs took. */
export class Choice {
  /** Whether threads take part in this run. */
  isShared = true;
  /** How long the last runs took, in turn. */
  private readonly times = new Float64Array(compared);
  /** The median of the runs before this trial; null where none is going on. */
  private usual: number | null = null;
  /** How long runs have taken since the trial began, and how many there were. */
  private warm = 0;
  private tried = 0;
  /** Runs until a trial begins or ends. */
  private left = fewest;
  private interval = fewest;
  private start = 0;

  /** A run begins. */
  begin(): void {
    this.start = performance.now();
  }

  /** A run has ended. */
  end(): void {
    const time = performance.now() - this.start;
    this.tried += 1;
    if (this.usual !== null && this.warm < warmUp) {
      this.warm += time;
      return;
    }
    this.times[this.left % compared] = time;
    this.left -= 1;
    if (this.left > 0) return;
    const median = this.times.toSorted()[Math.floor(compared / 2)];
    if (this.usual === null) {
      this.usual = median;
      this.warm = 0;
      this.tried = 0;
      this.isShared = !this.isShared;
      this.left = compared;
      return;
    }
    if (median < this.usual) this.interval = fewest;
    else {
      this.isShared = !this.isShared;
      this.interval = Math.min(2 * this.interval, most);
    }
    this.usual = null;
    this.left = Math.max(this.interval, rarity * this.tried);
  }
}
