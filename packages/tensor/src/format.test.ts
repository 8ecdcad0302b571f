import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../testing/message-of.ts";
import { arange, ones, tensor } from "./creation.ts";
import { GraphError } from "./errors.ts";
import { Tensor } from "./tensor.ts";
import { transpose } from "./views.ts";

/** What NumPy 1.24 prints for the same values. */
const cases: readonly (readonly [string, Tensor, readonly string[]])[] = [
  [
    "float32 at its own precision",
    tensor([0.10000000149011612, 0.25, 0.3333333432674408], { dtype: "float32" }),
    ["[0.1        0.25       0.33333334]"],
  ],
  [
    "a matrix",
    tensor(
      [
        [1.0, 2.5],
        [-3.0, 4.0],
      ],
      { dtype: "float64" },
    ),
    ["[[ 1.   2.5]", " [-3.   4. ]]"],
  ],
  [
    "matrices with a blank line between",
    tensor(arange(24), { shape: [2, 3, 4] }),
    [
      "[[[ 0.  1.  2.  3.]",
      "  [ 4.  5.  6.  7.]",
      "  [ 8.  9. 10. 11.]]",
      "",
      " [[12. 13. 14. 15.]",
      "  [16. 17. 18. 19.]",
      "  [20. 21. 22. 23.]]]",
    ],
  ],
  ["far apart magnitudes", tensor([1e-5, 1.5, 3.0], { dtype: "float64" }), ["[1.0e-05 1.5e+00 3.0e+00]"]],
  ["large magnitudes", tensor([1000000000.0, -2500.0], { dtype: "float64" }), ["[ 1.0e+09 -2.5e+03]"]],
  [
    "integers",
    tensor(
      [
        [1, -20],
        [300, 4],
      ],
      { dtype: "int32" },
    ),
    ["[[  1 -20]", " [300   4]]"],
  ],
  [
    "long vectors without their middle",
    arange(2000),
    ["[0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]"],
  ],
  [
    "long lines broken",
    arange(40, { dtype: "int32" }),
    [
      "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23",
      " 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39]",
    ],
  ],
  [
    "eight decimals at the most",
    tensor(
      [
        [
          1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675,
          -0.977277879876411, 0.9500884175255894, -0.1513572082976979, -0.10321885179355784, 0.41059850193837233,
        ],
        [
          0.144043571160878, 1.454273506962975, 0.7610377251469934, 0.12167501649282841, 0.44386323274542566,
          0.33367432737426683, 1.4940790731576061, -0.20515826376580087, 0.31306770165090136, -0.8540957393017248,
        ],
        [
          -2.5529898158340787, 0.6536185954403606, 0.8644361988595057, -0.7421650204064419, 2.2697546239876076,
          -1.4543656745987648, 0.04575851730144607, -0.1871838500258336, 1.5327792143584575, 1.469358769900285,
        ],
      ],
      { dtype: "float64" },
    ),
    [
      "[[ 1.76405235  0.40015721  0.97873798  2.2408932   1.86755799 -0.97727788",
      "   0.95008842 -0.15135721 -0.10321885  0.4105985 ]",
      " [ 0.14404357  1.45427351  0.76103773  0.12167502  0.44386323  0.33367433",
      "   1.49407907 -0.20515826  0.3130677  -0.85409574]",
      " [-2.55298982  0.6536186   0.8644362  -0.74216502  2.26975462 -1.45436567",
      "   0.04575852 -0.18718385  1.53277921  1.46935877]]",
    ],
  ],
  [
    "both axes abridged",
    tensor(arange(3600, { dtype: "float64" }), { shape: [60, 60] }),
    [
      "[[0.000e+00 1.000e+00 2.000e+00 ... 5.700e+01 5.800e+01 5.900e+01]",
      " [6.000e+01 6.100e+01 6.200e+01 ... 1.170e+02 1.180e+02 1.190e+02]",
      " [1.200e+02 1.210e+02 1.220e+02 ... 1.770e+02 1.780e+02 1.790e+02]",
      " ...",
      " [3.420e+03 3.421e+03 3.422e+03 ... 3.477e+03 3.478e+03 3.479e+03]",
      " [3.480e+03 3.481e+03 3.482e+03 ... 3.537e+03 3.538e+03 3.539e+03]",
      " [3.540e+03 3.541e+03 3.542e+03 ... 3.597e+03 3.598e+03 3.599e+03]]",
    ],
  ],
  ["a single number", tensor(1.5, { dtype: "float64" }), ["1.5"]],
  ["a single whole real number", tensor(2.0, { dtype: "float32" }), ["2.0"]],
  [
    "repeating decimals",
    tensor([0.3333333333333333, 666.6666666666666], { dtype: "float64" }),
    ["[3.33333333e-01 6.66666667e+02]"],
  ],
  [
    "float32 padded with its own digits rather than zeros",
    tensor([4.2986369226127863e-4, 656474.9375]),
    ["[4.2986369e-04 6.5647494e+05]"],
  ],
  ["float32 that is not what was typed", tensor([1e-5, 1234.5678]), ["[9.9999997e-06 1.2345677e+03]"]],
  [
    "float64 ties to the even digit",
    tensor([2 ** -9, 0.5, 3 * 2 ** -9], { dtype: "float64" }),
    ["[0.00195312 0.5        0.00585938]"],
  ],
  ["float32 ties to the even digit", tensor([2944596.25, 2944596.75]), ["[2944596.2 2944596.8]"]],
  ["whole float32 numbers in full", tensor([94796624, 60545208]), ["[94796624. 60545208.]"]],
  ["float32 magnitudes a thousand apart in float32", tensor([0.01, 10]), ["[ 0.01 10.  ]"]],
  [
    "float64 magnitudes over a thousand apart",
    tensor([0.01, 10.001], { dtype: "float64" }),
    ["[1.0000e-02 1.0001e+01]"],
  ],
  ["float32 just below 0.0001", tensor([1e-4, 0.01]), ["[1.e-04 1.e-02]"]],
  ["float64 at 0.0001", tensor([1e-4, 0.01], { dtype: "float64" }), ["[0.0001 0.01  ]"]],
  [
    "infinity among small magnitudes",
    tensor([Number.POSITIVE_INFINITY, 1e-9, Number.NaN], { dtype: "float64" }),
    ["[   inf 1.e-09    nan]"],
  ],
  ["exponents of unequal length", tensor([1e100, 1e-5], { dtype: "float64" }), ["[1.e+100 1.e-005]"]],
  ["nothing finite", tensor([Number.NaN, Number.POSITIVE_INFINITY]), ["[nan inf]"]],
  ["a single large float32 number", tensor(123456789012345), ["123456790000000.0"]],
  ["a single very large number", tensor(1e16), ["1e+16"]],
  ["a single float32 fraction", tensor(0.1), ["0.1"]],
  ["a single float64 fraction", tensor(1.2345678901234567e-4, { dtype: "float64" }), ["0.00012345678901234567"]],
];

describe("the text of a tensor", () => {
  for (const [name, x, lines] of cases) {
    it(`is NumPy's: ${name}`, () => {
      expect(x.toString().split("\n")).toEqual(lines);
    });
  }

  it("reads views where they lie", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(transpose(x).toString()).toBe("[[1. 4.]\n [2. 5.]\n [3. 6.]]");
  });

  it("shows what is not finite, truth values, and nothing", () => {
    expect(tensor([1, Number.NaN, Number.NEGATIVE_INFINITY]).toString()).toBe("[  1.  nan -inf]");
    expect(tensor([true, false]).toString()).toBe("[ true false]");
    expect(tensor([]).toString()).toBe("[]");
    expect(tensor([-0, 0]).toString()).toBe("[-0.  0.]");
  });

  it("is there for many short axes", () => {
    const axes = 17; // 2¹⁷ elements, more than a call takes as arguments, none in the middle of an axis
    const text = ones(new Array(axes).fill(2)).toString();
    expect(text.match(/1\./g)?.length).toBe(2 ** axes);
  });

  it("is what console.log shows, with dtype and shape", () => {
    expect(inspect(tensor([1, 2]))).toBe("Tensor float32 [2]\n[1. 2.]");
  });
});

describe("operators of JavaScript", () => {
  it("do not compute with the text of a tensor", () => {
    const x = tensor([1, 2]) as never as number;
    const uses: (() => unknown)[] = [
      () => x * 2,
      () => x + 1,
      () => 1 - x,
      () => x / x,
      () => -x,
      () => x < 2,
      () => x >= 2,
      () => Number(x),
      () => Math.max(x, 1),
      () => x + x,
    ];
    for (const use of uses) expect(use).toThrow(GraphError);
    expect(messageOf(uses[0])).toMatchInlineSnapshot(
      `"Tensor: JavaScript's operators and Math do not compute with a Tensor. Write kernels.mul(x, 2) for x * 2, kernels.add(x, 1) for x + 1, kernels.neg(x) for -x, kernels.lt(x, y) for x < y, kernels.eq(x, y) for x == y and kernels.log(x) for Math.log(x); x.item() is the number, and String(x) prints it."`,
    );
  });

  it("leave String, templates and lists as they are", () => {
    const x = tensor([1, 2]);
    expect([String(x), `${x}`, [x, x].join(), { [String(x)]: 1 }]).toEqual([
      "[1. 2.]",
      "[1. 2.]",
      "[1. 2.],[1. 2.]",
      { "[1. 2.]": 1 },
    ]);
  });
});

describe("tensors of many axes", () => {
  it("show fewer of each, so that the text stays short", () => {
    const many = (length: number, axes: number): string =>
      String(new Tensor(new Float32Array(1), new Array<number>(axes).fill(length), new Array<number>(axes).fill(0)));
    expect(many(7, 30)).toBe("[...]");
    expect(many(2, 40)).toBe("[...]");
    expect(many(7, 8)).toMatch(/^\[{8}0\. 0\. \.\.\. 0\. 0\.\]/);
  });
});
