/**
 * Whether it pays to share the work of a program: not where the other cores are busy, since a thread that has claimed a part
 * and has to wait for its turn keeps all others waiting. From time to time some runs are done the other way, and compared
 * with the last ones before them.
 */

/** Runs that are compared: their median, which one that was disturbed does not move. */
const compared = 5;

/** Runs that are done the other way, one after the other. The first of them wakes the threads, and is not compared. */
const trials = compared + 1;

/** Runs from one trial to the next: few at first and after a change, more as long as nothing changes. */
const [fewest, most] = [32, 512];

/** Chooses for each run whether threads take part, by how long runs took. */
export class Choice {
  /** Whether threads take part in this run. */
  isShared = true;
  /** How long the last runs took, in turn. */
  private readonly times = new Float64Array(compared);
  /** The median of the runs before this trial; null where none is going on. */
  private usual: number | null = null;
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
    this.times[this.left % compared] = performance.now() - this.start;
    this.left -= 1;
    if (this.left > 0) return;
    const time = this.times.toSorted()[Math.floor(compared / 2)];
    if (this.usual === null) {
      this.usual = time;
      this.isShared = !this.isShared;
      this.left = trials;
      return;
    }
    if (time < this.usual) this.interval = fewest;
    else {
      this.isShared = !this.isShared;
      this.interval = Math.min(2 * this.interval, most);
    }
    this.usual = null;
    this.left = this.interval;
  }
}
