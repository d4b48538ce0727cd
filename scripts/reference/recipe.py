"""How the defaults of fine-tuning were found: the recipe as a plain PyTorch loop, on parts of train.csv alone.

    python scripts/reference/recipe.py --sets banking77,trec6 --lr 1e-4,2e-4 --scale 1,19.6 --seeds 1,2

Every option that takes a list makes a grid; every trial prints one JSON line with what it was and, for each
epoch, accuracy and log loss on the held-out fifth. No test.csv is opened.

The recipe: masked-mean pooling, normalised to n; logits = (s n) W / s + b with W and b from a logistic
regression on n (the probe); embeddings frozen; the layers below the trained ones are computed once a row and
kept; AdamW, no decay on biases and norms; warm-up as a share of all steps, then linear decay to 0; gradients
clipped to a global norm; batches grouped by length within a seeded shuffle; no dropout; fp32.
"""

import argparse
import copy
import itertools
import json
import math
import time
from pathlib import Path

import numpy
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from minilm import load_encoder, load_tokenizer, mean_pooled, read_csv

ROOT = Path(__file__).resolve().parents[2]
MEGABATCH = 50  # batches that are sorted by length together


def split(texts, labels, seed, rows):
    """(training rows, held-out rows): 80 to 20, stratified, equal texts on one side; `rows` thins the first."""
    first = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    unique = list(first.values())
    _, held = train_test_split(unique, test_size=0.2, random_state=seed, stratify=[labels[r] for r in unique])
    held = {texts[row] for row in held}
    train = [row for row, text in enumerate(texts) if text not in held]
    valid = [row for row, text in enumerate(texts) if text in held]
    if rows and rows < len(train):
        train, _ = train_test_split(
            train, train_size=rows, random_state=seed, stratify=[labels[row] for row in train]
        )
    return numpy.array(train), numpy.array(valid)


class Rows:
    """One array a row, [tokens, width], kept end to end; a batch is padded when it is taken."""

    def __init__(self, arrays, dtype):
        self.lengths = numpy.array([len(array) for array in arrays])
        self.starts = numpy.concatenate([[0], numpy.cumsum(self.lengths)])
        self.values = torch.cat(arrays).to(dtype)

    def batch(self, rows):
        """(states [B, T, width] with zeros as padding, mask [B, T])."""
        longest = int(self.lengths[rows].max())
        states = torch.zeros(len(rows), longest, self.values.shape[1])
        mask = torch.zeros(len(rows), longest)
        for place, row in enumerate(rows):
            length = self.lengths[row]
            states[place, :length] = self.values[self.starts[row] : self.starts[row] + length]
            mask[place, :length] = 1
        return states, mask


def run_layers(layers, states, mask):
    additive = ((1 - mask) * torch.finfo(torch.float32).min)[:, None, None, :]
    for layer in layers:
        states = layer(states, attention_mask=additive)
    return states


def by_length(rows, lengths, batch):
    rows = sorted(rows, key=lambda row: lengths[row])
    return [rows[start : start + batch] for start in range(0, len(rows), batch)]


def shuffled(rows, lengths, batch, random):
    """Batches of one epoch: shuffled, sorted by length within each megabatch, and shuffled again."""
    order = random.permutation(rows)
    batches = []
    for start in range(0, len(order), batch * MEGABATCH):
        batches += by_length(order[start : start + batch * MEGABATCH], lengths, batch)
    return [batches[place] for place in random.permutation(len(batches))]


@torch.no_grad()
def embed(model, tokenizer, texts, max_length):
    """Each text's states below the first layer: [tokens, width]."""
    ids = tokenizer(texts, truncation=True, max_length=max_length)["input_ids"]
    return [model.embeddings(input_ids=torch.tensor([row]))[0] for row in ids]


@torch.no_grad()
def trunk(layers, below, dtype):
    """The states of every row after `layers`."""
    arrays = [None] * len(below.lengths)
    for rows in by_length(range(len(arrays)), below.lengths, 64):
        states = run_layers(layers, *below.batch(rows))
        for place, row in enumerate(rows):
            arrays[row] = states[place, : below.lengths[row]].clone()
    return Rows(arrays, dtype)


@torch.no_grad()
def pool_all(layers, below):
    """The pooled and normalised states of every row after `layers`: [rows, width]."""
    pooled = torch.zeros(len(below.lengths), below.values.shape[1])
    for rows in by_length(range(len(pooled)), below.lengths, 64):
        states, mask = below.batch(rows)
        pooled[rows] = mean_pooled(run_layers(layers, states, mask), mask)
    return pooled


def scores(logits, targets):
    return {
        "accuracy": round(float((logits.argmax(1) == targets).float().mean()), 5),
        "log_loss": round(float(torch.nn.functional.cross_entropy(logits, targets)), 5),
    }


def fit_probe(features, targets, strength, classes):
    """W [width, classes] and b of a logistic regression; `strength` is scikit-learn's C."""
    probe = LogisticRegression(C=strength, max_iter=1000).fit(features, targets)
    weight, bias = probe.coef_, probe.intercept_
    if classes == 2:
        weight, bias = numpy.concatenate([-weight, weight]) / 2, numpy.concatenate([-bias, bias]) / 2
    return torch.tensor(weight.T, dtype=torch.float32), torch.tensor(bias, dtype=torch.float32)


def train(layers, below, targets, probe, rows, valid, trial):
    """Yields the scores on `valid` after each epoch."""
    layers = copy.deepcopy(layers)
    random = numpy.random.default_rng(trial["seed"])
    scale = trial["scale"]
    weight = torch.nn.Parameter(probe[0] / scale)
    bias = torch.nn.Parameter(probe[1].clone())
    parameters = [weight, bias, *layers.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": trial["weight_decay"]},
            {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
        ],
        fused=True,
    )
    batch = trial["batch"]
    steps = trial["epochs"] * math.ceil(len(rows) / batch)
    warmup = max(1, round(trial["warmup"] * steps))
    step = 0
    for _ in range(trial["epochs"]):
        begun = time.perf_counter()
        losses = []
        for taken in shuffled(rows, below.lengths, batch, random):
            rate = (step + 1) / warmup if step < warmup else (steps - step) / (steps - warmup)
            for group in optimiser.param_groups:
                group["lr"] = trial["lr"] * rate
            states, mask = below.batch(taken)
            pooled = mean_pooled(run_layers(layers, states, mask), mask)
            loss = torch.nn.functional.cross_entropy(scale * pooled @ weight + bias, targets[taken])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, trial["clip"])
            optimiser.step()
            losses.append(loss.item())
            step += 1
        seconds = time.perf_counter() - begun
        with torch.no_grad():
            logits = torch.zeros(len(valid), len(bias))
            for places in by_length(range(len(valid)), below.lengths[valid], 64):
                states, mask = below.batch(valid[places])
                logits[places] = scale * mean_pooled(run_layers(layers, states, mask), mask) @ weight + bias
        yield {
            **scores(logits, targets[valid]),
            "train_loss": round(sum(losses) / len(losses), 4),
            "seconds": round(seconds, 1),
        }


def numbers(kind):
    return lambda text: [kind(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--sets", type=lambda text: text.split(","), default=["banking77"])
    parser.add_argument("--rows", type=int, default=0, help="training rows kept; 0: all")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--cache", choices=["float32", "float16"], default="float32")
    parser.add_argument("--seeds", type=numbers(int), default=[1])
    parser.add_argument("--layers", type=numbers(int), default=[3], help="layers trained, from the top")
    parser.add_argument("--probe-c", type=numbers(float), default=[10.0], help="scikit-learn's C on n")
    parser.add_argument("--lr", type=numbers(float), default=[1e-4])
    parser.add_argument("--epochs", type=numbers(int), default=[3])
    parser.add_argument("--batch", type=numbers(int), default=[16])
    parser.add_argument("--scale", type=numbers(float), default=[1.0], help="s")
    parser.add_argument("--weight-decay", type=numbers(float), default=[0.01])
    parser.add_argument("--warmup", type=numbers(float), default=[0.06], help="share of all steps")
    parser.add_argument("--clip", type=numbers(float), default=[1.0])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    folder = options.shared / "models" / options.model
    model, _ = load_encoder(folder)
    tokenizer = load_tokenizer(folder)
    layers = model.encoder.layer
    for name in options.sets:
        texts, labels = read_csv(options.shared / "datasets" / name / "train.csv")
        classes = sorted(set(labels))
        targets = torch.tensor([classes.index(label) for label in labels])
        embedded = Rows(embed(model, tokenizer, texts, options.max_length), torch.float32)
        features = pool_all(layers, embedded)
        for count in options.layers:
            frozen, trained = layers[: len(layers) - count], layers[len(layers) - count :]
            below = trunk(frozen, embedded, getattr(torch, options.cache))
            for seed in options.seeds:
                rows, valid = split(texts, labels, seed, options.rows)
                for strength in options.probe_c:
                    probe = fit_probe(features[rows].numpy(), targets[rows].numpy(), strength, len(classes))
                    line = {"set": name, "rows": len(rows), "seed": seed, "probe_c": strength}
                    before = scores(features[valid] @ probe[0] + probe[1], targets[valid])
                    print(json.dumps({**line, "probe": before}), flush=True)
                    grid = ("lr", "epochs", "batch", "scale", "weight_decay", "warmup", "clip")
                    for values in itertools.product(*(getattr(options, key) for key in grid)):
                        trial = {**line, "layers": count, **dict(zip(grid, values))}
                        epochs = list(train(trained, below, targets, probe, rows, valid, trial))
                        print(json.dumps({**trial, "by_epoch": epochs}), flush=True)


if __name__ == "__main__":
    main()
