/** The learning rate while a training runs: by a schedule of updates, or by what is measured. */
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Plateau, PlateauState } from "./plateau.ts";
import type { Schedule } from "./schedule.ts";

/** Sets the factor of an optimizer's rates. */
export class Rates {
  /** What the plateau has seen; null without one. */
  seen: PlateauState | null;
  private readonly optimizer: Optimizer;
  private readonly schedule: Schedule | null;
  private readonly plateau: Plateau | null;

  constructor(optimizer: Optimizer, schedule: Schedule | null, plateau: Plateau | null) {
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.plateau = plateau;
    this.seen = plateau?.start ?? null;
  }

  /** Before the update number `updates`, from 0. */
  before(updates: number): void {
    if (this.schedule === null && this.seen === null) return;
    this.optimizer.lrFactor = (this.schedule?.(updates) ?? 1) * (this.seen?.factor ?? 1);
  }

  after(measure: number | undefined): void {
    if (this.plateau === null || this.seen === null || measure === undefined) return;
    this.seen = this.plateau.next(this.seen, measure);
  }
}
