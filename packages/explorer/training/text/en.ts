/** The page in English; the other languages have the same entries. */
import type { Verdict } from "../drawing/verdict.ts";
import type { LessonName } from "../experiment/lessons.ts";

/** The words of a lesson; `tries` in the order of its changes. */
export interface LessonText {
  readonly title: string;
  readonly paragraph: string;
  readonly tries: readonly string[];
}

const lessons: { readonly [L in LessonName]: LessonText } = {
  sigmoids: {
    title: "Ten sigmoids learn nothing",
    paragraph:
      "The slope of a sigmoid is 0.25 at the most, so that each layer passes on less than a quarter of the gradient, times its weights. Read the gradients from the bottom row up: every layer has about a fifth of the one below it, and the first has millions of times less than the output. The loss stays at ln 10 ≈ 2.30, which is a guess among ten digits. ReLU with He weights learns, though in jumps: 0.1 is a large rate for ten layers.",
    tries: ["Two layers", "ReLU with He weights", "Batch norm"],
  },
  he: {
    title: "He saves ReLU",
    paragraph:
      "Weights of deviation 0.01 shrink what passes them at every layer: look at the activations from top to bottom. A gradient that passes eight such layers is below 10⁻⁹. Within fifty steps all units of the last hidden layer are off, and it is exactly zero. He initialization, √(2/n) for n inputs, makes up for the half that ReLU sets to zero: the activations then have the same size in every layer.",
    tries: ["Xavier weights", "He weights", "Weights of deviation 1"],
  },
  explode: {
    title: "Large weights explode",
    paragraph:
      "Weights of deviation 1 make what passes 100 of them ten times larger, √100, and the slope of tanh takes off less than that. Read the gradients from the bottom row up: they fall once, from the output to the last hidden layer, and then about double at every layer, until those of the first two are hundreds of times the output's. No rate fits both, and nothing is learned. ReLU takes off next to nothing: its first loss is a billion, its second one is not a number. Xavier weights keep the size.",
    tries: ["Xavier weights, rate 0.1", "ReLU", "With batch norm, rate 0.1"],
  },
  rate: {
    title: "A rate too large",
    paragraph:
      "The gradient is the slope at one point. A step of rate 3 goes so far that the slope there has nothing to do with it: the loss jumps, many units of ReLU never answer again (a high share of zeros), and the accuracy stays at a guess. A rate of 0.3 learns within a few epochs; 0.001 goes the right way, only slowly.",
    tries: ["Rate 1", "Rate 0.3", "Rate 0.001"],
  },
  norm: {
    title: "Batch norm forgives a bad start",
    paragraph:
      "With weights of deviation 0.01 five layers of ReLU learn nothing. Batch normalization gives every activation mean 0 and deviation 1 over the mini-batch, whatever the weights are: the same start then learns. Deviation 1, without it, ends in a loss that is not finite.",
    tries: ["With batch norm", "Deviation 1, without", "Deviation 1, with batch norm"],
  },
  dropout: {
    title: "Dropout narrows the gap",
    paragraph:
      "300 digits, and large weights: the network knows its own samples by heart after a few epochs, and a third of the held-out ones wrong. Dropout switches units off at random, so that none can count on another. It learns more slowly, and what it learns holds for held-out digits, too: the two curves come together. More samples do the same.",
    tries: ["Dropout 0.2", "Dropout 0.5", "1,400 samples"],
  },
  sine: {
    title: "ReLU draws straight lines",
    paragraph:
      "One number in, one number out. Each unit of ReLU adds a bend at one place, and between the bends the curve is straight: eight units cannot follow the sine, 32 in two layers can. Tanh bends smoothly.",
    tries: ["Tanh", "32 units", "32 units, two layers"],
  },
  spirals: {
    title: "Layers fold the plane",
    paragraph:
      "Which spiral is a point on? The last layer can only cut along a straight line. Hidden layers bend the plane before, so that the line looks curved from here. Four units bend too little; more units help, and more layers help more.",
    tries: ["32 units", "Three layers", "Three layers of ReLU"],
  },
};

export const en = {
  title: "A network in training",
  skip: "Skip to the training",
  theme: "Dark or light",
  allPages: "all graphs",
  lesson: "Lesson",
  ownSettings: "Your own settings",
  ownParagraph: "Choose a task and a network. The address keeps your settings: copy it to share them.",
  tryThis: "Try this",
  changed: "Not as in the lesson: ",
  startOver: "As it was",
  settings: "Settings",
  copyLink: "Copy link",
  copied: "Copied",
  names: {
    task: "Task",
    init: "Initial weights",
    activation: "Activation",
    depth: "Hidden layers",
    width: "Units in each",
    first: "First layer",
    optimizer: "Optimizer",
    lr: "Learning rate",
    batchNorm: "Batch norm",
    dropout: "Dropout",
    batch: "Mini-batch",
    samples: "Training samples",
    seed: "Seed",
  },
  values: {
    digits: "digits",
    spirals: "two spirals",
    sine: "a sine",
    "0.01": "deviation 0.01",
    xavier: "Xavier, √(1/n)",
    he: "He, √(2/n)",
    large: "deviation 1, too large",
    sigmoid: "sigmoid",
    tanh: "tanh",
    relu: "ReLU",
    leakyRelu: "leaky ReLU",
    gelu: "GELU",
    affine: "affine",
    convolution: "convolution",
  } as Readonly<Record<string, string>>,
  off: "off",
  on: "on",
  run: "Training",
  play: "Play",
  pause: "Pause",
  step: "One step",
  epoch: "One epoch",
  reset: "Reset",
  speed: "Speed",
  speeds: { "1": "1 step/s", "10": "10 steps/s", "60": "60 steps/s", max: "as fast as it goes" },
  openGraph: "Open this step's graph",
  openGraphHint: "The last step, forward and backward, with its values, in a new tab",
  graphTitle: (step: string): string => `step ${step} of a training`,
  graphReady: "Open the graph",
  preparing: "The network is being compiled …",
  stepLabel: "step",
  epochLabel: "epoch",
  lossLabel: "loss",
  accuracyLabel: "held-out accuracy",
  facts: (parameters: string, train: string, test: string): string =>
    `${parameters} parameters, ${train} samples to train with, ${test} held out`,
  reportFacts: (steps: string): string => `${steps} steps, as they were recorded`,
  stopped: "The training has stopped.",
  /** What comes before the library's own words, where these are in another language. */
  libraryWords: "",
  notFinite: "",
  largeStart:
    "The likely cause here: the initial weights, of deviation 1, are too large. Start with Xavier or He weights.",
  loss: "Loss",
  lossHint: "logarithmic scale",
  ofBatch: "mini-batch",
  ofBatchSmoothed: "mini-batch, smoothed",
  onTraining: "training",
  onHeldOut: "held out",
  accuracy: "Accuracy",
  lossSummary: (loss: string, heldOut: string): string =>
    `Loss over steps: ${loss} now, ${heldOut} on held-out samples`,
  accuracySummary: (train: string, test: string): string =>
    `Accuracy over steps: ${train} on training samples, ${test} on held-out ones, now`,
  layers: "Layers, over time",
  layersHint:
    "Sizes |x| of numbers by powers of ten, a column for each step; darker where there are more. The axis reaches around all medians; its top and bottom rows also hold what is beyond. The line is the median of |x| without zeros, the foot the share of zeros: units that are off, pixels that are empty in all samples.",
  histogramHint:
    "To the right: a histogram of the numbers now, with their signs. A dark bar marks 0 between negative and positive ones; after ≤ comes the largest |x|.",
  quantities: { activations: "Activations", gradients: "Gradients of weights", weights: "Weights" },
  layer: "Layer",
  median: (value: string): string => `median ${value}`,
  zeros: (share: string): string => `${share} zeros`,
  allZero: "all zero",
  now: "now",
  strip: (quantity: string, layer: string, median: string): string =>
    `${quantity} of ${layer}: median size ${median} now`,
  histogram: (low: string, high: string): string => `from ${low} to ${high}`,
  verdicts: {
    vanishing: (size) => `Gradients vanish: ${size} times smaller at the first layer than at the last.`,
    growing: (size) => `Gradients explode: ${size} times larger at the first layer than at the last.`,
    huge: (size) => `Gradients explode: medians up to ${size}.`,
    tiny: (size) => `Gradients vanish in all layers: medians up to ${size}.`,
    steady: () => "Gradients are of similar size at the first and the last layer.",
    noGradient: () => "No gradient reaches the first layer: it is exactly zero.",
    notYet: () => "Press Play: gradients appear with the first step.",
  } as { readonly [Kind in Verdict["kind"]]: (size: string) => string },
  filters: "Weights of the first layer",
  filtersHint: (count: number): string =>
    `Blue below zero, red above. Each picture is what one of ${count} units looks for.`,
  convFiltersHint: (count: number): string => `Blue below zero, red above. Each picture is one of ${count} filters.`,
  mistakes: "Misclassified",
  mistakesHint: (wrong: string, of: string): string =>
    `${wrong} of ${of} held-out digits. What it is → what the network says.`,
  noMistakes: "None of the held-out digits is misclassified.",
  mistake: (label: number, guess: number): string => `a ${label} taken for a ${guess}`,
  plane: "The plane, as the network sees it",
  planeHint: "Held-out points on the regions of the two classes. Paler: less sure.",
  curve: "The fitted curve",
  curveHint: "Held-out points, and what the network says.",
  axisSteps: "steps",
  lessons,
};

/** What a language has to say. */
export type Text = typeof en;
