"""Writes src/tables/fixtures/pandas.json: a CSV file as pandas writes it, and what pandas makes of it. Needs pandas 3."""

import io
import json
import pathlib

import numpy as np
import pandas as pd

rng = np.random.default_rng(5)
n = 40
frame = pd.DataFrame(
    {
        "age": rng.integers(18, 80, n).astype(float),
        "height, cm": rng.normal(170, 8, n),
        "tiny": rng.normal(0, 1e-9, n),
        "city": rng.choice(["Ulm", 'A "quoted" town', "Rome, Italy", "line\nbreak"], n),
        "price": rng.normal(1000, 300, n),
    }
)
frame.loc[[3, 17], "age"] = np.nan
frame.loc[5, "city"] = np.nan
text = frame.to_csv(index=False)
back = pd.read_csv(io.StringIO(text))

numbers = ["age", "height, cm", "tiny"]


def encoded(rows):
    dummies = pd.get_dummies(rows["city"], prefix="city", prefix_sep="=", dtype=float)
    return pd.concat([(rows[numbers] - rows[numbers].mean()) / rows[numbers].std(ddof=0), dummies], axis=1)


dropped = back.dropna()
filled = back.copy()
filled["age"] = filled["age"].fillna(filled["age"].mean())
filled["city"] = filled["city"].fillna(filled["city"].mode()[0])
# The deviation of the values that are there, as for the rows without missing ones.
scaled = encoded(back)
scaled["age"] = scaled["age"].fillna(0)
dummies = pd.get_dummies(filled["city"], prefix="city", prefix_sep="=", dtype=float)
scaled[dummies.columns] = dummies

folder = pathlib.Path(__file__).parent.parent / "src/tables/fixtures"
folder.mkdir(parents=True, exist_ok=True)
content = {
    "text": text,
    "dropped": {"features": list(encoded(dropped).columns), "x": encoded(dropped).values.tolist(), "t": dropped["price"].tolist()},
    "filled": {"features": list(scaled.columns), "x": scaled.values.tolist(), "t": back["price"].tolist()},
}
(folder / "pandas.json").write_text(json.dumps(content) + "\n")
