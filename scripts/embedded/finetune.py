"""Fine-tuning as the engine does it: all weights by AdamW, of the table the rows that a batch touches (lazy AdamW)."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from model import StaticEncoder, mean_pool


def batches(lengths: np.ndarray, size: int, generator: np.random.Generator) -> list[np.ndarray]:
    """Rows in a seeded shuffle, grouped by length within windows of 50 batches."""
    order = generator.permutation(len(lengths))
    out = []
    for start in range(0, len(order), 50 * size):
        window = order[start : start + 50 * size]
        window = window[np.argsort(lengths[window], kind='stable')]
        out += [window[i : i + size] for i in range(0, len(window), size)]
    generator.shuffle(out)
    return out


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.int64)
    mask = torch.zeros(len(rows), longest)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids, mask


def pooled(encoder: StaticEncoder, rows: list[list[int]], size: int = 64) -> torch.Tensor:
    out = torch.zeros(len(rows), encoder.out.out_features)
    order = np.argsort([len(row) for row in rows], kind='stable')
    with torch.no_grad():
        for start in range(0, len(order), size):
            some = order[start : start + size]
            ids, mask = padded([rows[i] for i in some])
            out[some] = nn.functional.normalize(mean_pool(encoder(ids, mask), mask), dim=-1)
    return out


class AdamW:
    """One rate a tensor. Rows without a gradient keep their values and their moments."""

    def __init__(self, rates: dict[torch.Tensor, float], decay: float, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.rates, self.decay, self.betas, self.epsilon = rates, decay, (beta1, beta2), epsilon
        self.moments = {p: (torch.zeros_like(p), torch.zeros_like(p)) for p in rates}
        self.step_count = 0

    @torch.no_grad()
    def step(self, factor: float, touched: dict[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]) -> None:
        """`touched`: for a tensor of which some rows alone have a gradient, those rows' indices and it."""
        self.step_count += 1
        beta1, beta2 = self.betas
        for p, rate in self.rates.items():
            m, v = self.moments[p]
            at, g = touched.get(p, (None, p.grad))
            m_at, v_at, value = (m, v, p) if at is None else (m[at], v[at], p[at])
            m_at = beta1 * m_at + (1 - beta1) * g
            v_at = beta2 * v_at + (1 - beta2) * g * g
            rise = (m_at / (1 - beta1**self.step_count)) / (
                (v_at / (1 - beta2**self.step_count)).sqrt() + self.epsilon
            )
            decay = self.decay if p.dim() == 2 else 0.0
            value = value - factor * rate * (rise + decay * value)
            if at is None:
                m.copy_(m_at), v.copy_(v_at), p.copy_(value)
            else:
                m[at], v[at], p[at] = m_at, v_at, value


@dataclass
class Result:
    """Accuracies of the probe, then after each epoch; `chosen` is the test accuracy at the best validation epoch."""

    test: list[float]
    valid: list[float]
    chosen: float
    seconds: float


def accuracy(head: nn.Linear, features: torch.Tensor, labels: np.ndarray) -> float:
    with torch.no_grad():
        return float((head(features).argmax(1).numpy() == labels).mean())


@torch.no_grad()
def put(values: dict[torch.Tensor, torch.Tensor]) -> None:
    for p, value in values.items():
        p.copy_(value)


def finetune(encoder, rows, labels, test_rows, test_labels, *, valid_rows=None, valid_labels=None, rate, table_rate,
             head_rate, epochs, batch, scale, decay=0.01, warmup=0.06, clip=1.0, seed=0, probe_strength=10.0,
             token_dropout=0.0, average=0.99) -> Result:
    """Starts the head from a logistic-regression probe, trains everything; logits are scale * n @ W + b.

    What is judged is a running mean of the weights: a step moves it by a share 1 - average of the way (more during
    the first steps: steps / (steps + 10) at most stays). 0 judges the weights themselves.
    """
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])
    judged = [(test_rows, np.array([names.index(label) for label in test_labels]))]
    if valid_rows is not None:
        judged.append((valid_rows, np.array([names.index(label) for label in valid_labels])))
    hidden = encoder.out.out_features
    probe = LogisticRegression(C=probe_strength * hidden / scale**2, max_iter=300, tol=1e-3)
    probe.fit((pooled(encoder, rows) * scale).numpy(), y.numpy())
    weight, bias = probe.coef_, probe.intercept_
    if len(names) == 2:
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    head = nn.Linear(hidden, len(names))
    with torch.no_grad():
        head.weight.copy_(torch.tensor(weight))
        head.bias.copy_(torch.tensor(bias))
    scores = [[accuracy(head, pooled(encoder, some) * scale, wanted)] for some, wanted in judged]

    rates = {p: rate for name, p in encoder.named_parameters() if name != 'table'}
    rates[encoder.table] = table_rate
    rates.update({p: head_rate for p in head.parameters()})
    optimiser = AdamW(rates, decay)
    lengths = np.array([len(row) for row in rows])
    steps = epochs * -(-len(rows) // batch)
    warm = max(1, warmup * steps)
    means = {p: p.detach().clone() for p in rates}
    done, seconds = 0, 0.0
    for _ in range(epochs):
        start = time.time()
        for some in batches(lengths, batch, generator):
            ids, mask = padded([rows[i] for i in some])
            if token_dropout:
                # to [UNK]; [PAD], [UNK], [CLS], [SEP], [MASK] stay
                ids = ids.masked_fill((torch.rand(ids.shape) < token_dropout) & (ids > 4), 1)
            at, local = ids.unique(return_inverse=True)
            table_rows = encoder.table.detach()[at].requires_grad_()
            sentence = nn.functional.normalize(mean_pool(encoder(local, mask, table_rows), mask), dim=-1) * scale
            loss = nn.functional.cross_entropy(head(sentence), y[some])
            for p in rates:
                p.grad = None
            loss.backward()
            nn.utils.clip_grad_norm_([table_rows, *(p for p in rates if p is not encoder.table)], clip)
            factor = min((done + 1) / warm, (steps - done) / max(1.0, steps - warm))
            optimiser.step(factor, {encoder.table: (at, table_rows.grad)})
            done += 1
            with torch.no_grad():
                for p, mean in means.items():
                    mean.lerp_(p, 1 - min(average, done / (done + 10)))
        seconds += time.time() - start
        last = {p: p.detach().clone() for p in means}
        put(means)
        for score, (some, wanted) in zip(scores, judged):
            score.append(accuracy(head, pooled(encoder, some) * scale, wanted))
        put(last)
    best = int(np.argmax(scores[-1])) if valid_rows is not None else len(scores[0]) - 1
    return Result(scores[0], scores[-1], scores[0][best], seconds / max(1, epochs))
