"""cleanlab on the probabilities that scripts/bench/label-errors.ts kept: python scripts/bench/label_errors.py FOLDER

For each of them a line of JSON: the share of changed labels among the first N rows by each of cleanlab's scores, and
what its filters find. Needs numpy and cleanlab 2.9.
"""

import json
import sys
from pathlib import Path

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]
FILTERS = ["prune_by_noise_rate", "both", "confident_learning", "predicted_neq_given"]

for path in sorted(Path(sys.argv[1]).glob("*.json")):
    kept = json.loads(path.read_text())
    given, truth = np.array(kept["given"]), np.array(kept["truth"])
    probabilities = np.fromfile(path.with_suffix(".f64")).reshape(len(given), -1)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    wrong = given != truth
    count = int(wrong.sum())
    line = {key: kept[key] for key in ("data", "seed", "model", "chosen", "first_n")}
    for score in SCORES:
        ranking = np.argsort(get_label_quality_scores(given, probabilities, method=score), kind="stable")
        line[score] = round(float(wrong[ranking[:count]].mean()), 4)
    own = get_label_quality_scores(given, probabilities, method="self_confidence")
    for name in FILTERS:
        issues = find_label_issues(given, probabilities, filter_by=name, n_jobs=1)
        ranking = np.argsort(own + ~issues, kind="stable")
        line[name] = {
            "first_n": round(float(wrong[ranking[:count]].mean()), 4),
            "issues": int(issues.sum()),
            "precision": round(float(wrong[issues].mean()), 4),
            "recall": round(float(wrong[issues].sum() / count), 4),
        }
    print(json.dumps(line), flush=True)
