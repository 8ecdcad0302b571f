/** What is recorded of a training, as plain JSON: {@link TrainingRecord}. The page draws it, live or from a file. */
import type { SizeDistribution, ValueHistogram } from "./distribution.ts";

/** What is recorded of each layer that has weights. */
export const quantities = ["activations", "gradients", "weights"] as const;

/** One of them: outputs after the activation function, ∂L/∂W, or W. */
export type RecordedQuantity = (typeof quantities)[number];

/** A value for each quantity; null where the network does not say. */
export type ByQuantity<Value> = { readonly [Q in RecordedQuantity]: Value | null };

/** The distributions of all layers at one step. */
export interface TrainingSnapshot {
  /** The number of the mini-batch, from 1. */
  readonly iteration: number;
  /** One for each of {@link TrainingRecord.layers}. */
  readonly layers: readonly ByQuantity<SizeDistribution>[];
}

/** What was measured after a step. */
export interface TrainingMetrics {
  /** The number of the mini-batch, from 1. */
  readonly iteration: number;
  /** Loss over training samples in prediction mode. */
  readonly trainLoss?: number;
  /** Loss over held-out samples in prediction mode. */
  readonly testLoss?: number;
  /** Accuracy on training samples, 0 … 1. */
  readonly trainAccuracy?: number;
  /** Accuracy on held-out samples, 0 … 1. */
  readonly testAccuracy?: number;
}

/** A small picture, row by row. */
export interface GreyImage {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

/** A held-out sample that the network takes for something else. */
export interface MisclassifiedSample {
  readonly image: GreyImage;
  readonly label: number;
  readonly guess: number;
}

/** A training sample or held-out sample in the plane. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

/** What the network has made of its task, in the form that fits its inputs. */
export type TaskView =
  | {
      /** Inputs are images. */
      readonly kind: "images";
      readonly mistakes: readonly MisclassifiedSample[];
      /** How many held-out samples are taken for something else, and how many there are. */
      readonly wrong: number;
      readonly of: number;
    }
  | {
      /** Inputs are points of the plane. */
      readonly kind: "plane";
      /** The square of the plane: low ≤ x, y ≤ high. */
      readonly low: number;
      readonly high: number;
      /** Points along each side. */
      readonly side: number;
      /** Row by row from the top: the likeliest class at each point. */
      readonly classes: readonly number[];
      /** And its probability. */
      readonly certainties: readonly number[];
      readonly points: readonly PlanePoint[];
    }
  | {
      /** Inputs and outputs are single numbers. */
      readonly kind: "curve";
      readonly curve: readonly (readonly [x: number, y: number])[];
      readonly points: readonly (readonly [x: number, y: number])[];
    };

/** A training as it went, as plain JSON. */
export interface TrainingRecord {
  /** The title of the page. */
  readonly title: string;
  /** The loss of every mini-batch. */
  readonly losses: readonly number[];
  /** What was measured, in the order of time. */
  readonly metrics: readonly TrainingMetrics[];
  /** The names of the layers that have weights, from the input on. */
  readonly layers: readonly string[];
  /** Distributions at the first step, and at evenly spaced ones after it. */
  readonly snapshots: readonly TrainingSnapshot[];
  /** The numbers of the last step in their range; one for each layer. */
  readonly histograms: readonly ByQuantity<ValueHistogram>[];
  /** The weights that read the input, as pictures; empty where the input is no picture. */
  readonly filters: readonly GreyImage[];
  /** What became of the task; null where inputs are neither images, points of the plane, nor single numbers. */
  readonly view: TaskView | null;
  /** What ended the training before its time; null where nothing did. */
  readonly error: string | null;
}

/** Keeps every k-th snapshot: as many as `most` at the most, k being doubled each time that there would be more. */
export class Snapshots {
  readonly kept: TrainingSnapshot[] = [];
  private readonly most: number;
  private interval = 1;

  constructor(most: number) {
    this.most = most;
  }

  /** How many steps there can be before snapshots are thinned out next; with no limit, those that there are. */
  get span(): number {
    return Number.isFinite(this.most) ? this.most * this.interval : (this.kept.at(-1)?.iteration ?? 1);
  }

  /** Whether a snapshot after this iteration would be kept. */
  isDue(iteration: number): boolean {
    return (iteration - 1) % this.interval === 0;
  }

  add(snapshot: TrainingSnapshot): void {
    if (!this.isDue(snapshot.iteration)) return;
    this.kept.push(snapshot);
    if (this.kept.length <= this.most) return;
    this.interval *= 2;
    const still = this.kept.filter(({ iteration }) => this.isDue(iteration));
    this.kept.splice(0, this.kept.length, ...still);
  }
}
