"""Trains the static encoder on the teacher's hidden states and writes the model's folder.

usage: python distil.py TEACHER_FOLDER SENTENCES_CACHE PHRASES_CACHE MODEL_FOLDER

The caches come from teacher.py. Seeded: equal inputs, libraries and thread count give equal files.
"""

import argparse
import json
import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

import package
from model import StaticEncoder

WIDTH, INNER, HIDDEN = 192, 192, 256
SEED = 42
# Tokens of the first ids are the commonest words and pieces of the teacher's own text: they all stay.
COMMON_IDS = 17_000
FEWEST = 3
# Zero vectors between two sequences laid one after the other: the width of the encoder's view on one side.
GAP = 2
TOKENS_A_STEP = 6000
HELD_OUT = 1500


class Phase(NamedTuple):
    steps: int
    rate: float
    # Errors of a principal component divided by its standard deviation: the later components carry what is said too.
    weighted: bool
    # Rounds of the phrases for each round of the sentences.
    phrases: int


PHASES = (Phase(2640, 2e-3, False, 0), Phase(2220, 1.5e-3, True, 0), Phase(560, 1e-3, True, 2))


def kept_tokens(vocabulary: dict[str, int], counts: np.ndarray) -> list[str]:
    """Latin tokens, symbols and punctuation; of the rarer tokens those that the text has."""

    def stays(token: str) -> bool:
        if token.startswith('[') and len(token) > 1:
            return False
        piece = token.removeprefix('##')
        if not piece.isascii():
            name = unicodedata.name(piece, '') if len(piece) == 1 else 'several'
            symbol = len(piece) == 1 and unicodedata.category(piece)[0] in 'PS' and 'FULLWIDTH' not in name
            return not token.startswith('##') and (symbol or name.startswith('LATIN'))
        return len(piece) == 1 or counts[vocabulary[token]] >= FEWEST or vocabulary[token] < COMMON_IDS

    return package.SPECIAL + [token for token in sorted(vocabulary, key=vocabulary.get) if stays(token)]


def first_table(words: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """[tokens, WIDTH]: the principal directions of a token's embedding in the teacher and of its state when alone.

    The spectrum is flattened halfway, so that the later directions are of use from the first step on.
    """
    known = np.abs(alone).sum(1) > 0
    for part, rows in ((words, np.ones_like(known)), (alone, known)):
        part[rows] -= part[rows].mean(0)
        part[rows] /= np.linalg.norm(part[rows], axis=1).mean()
    joint = np.concatenate([words, alone], 1)
    _, values, directions = np.linalg.svd(joint[known], full_matrices=False)
    table = joint @ (directions[:WIDTH].T / (values[:WIDTH] / values[0]) ** 0.5)
    return table / np.linalg.norm(table, axis=1).mean()


class Text:
    """Sequences of token ids (ours) with the teacher's states, laid one after the other into flat batches."""

    def __init__(self, ids: np.ndarray, starts: np.ndarray, hidden: np.ndarray, directions: torch.Tensor):
        self.ids, self.starts, self.hidden, self.directions = ids, starts, hidden, directions

    def whole(self) -> np.ndarray:
        """The sequences without a token that was dropped from the vocabulary."""
        return np.flatnonzero(np.minimum.reduceat(self.ids, self.starts[:-1]) >= 0)

    def batch(self, sequences: np.ndarray):
        lengths = self.starts[sequences + 1] - self.starts[sequences]
        total = int(lengths.sum()) + GAP * len(sequences)
        ids, mask = np.zeros(total, np.int64), np.zeros(total, np.float32)
        owner, states = np.zeros(total, np.int64), np.zeros((total, self.hidden.shape[1]), np.float32)
        at = 0
        for row, (sequence, length) in enumerate(zip(sequences, lengths)):
            source = slice(self.starts[sequence], self.starts[sequence + 1])
            target = slice(at, at + length)
            ids[target], mask[target], owner[target], states[target] = self.ids[source], 1, row, self.hidden[source]
            at += length + GAP
        return (
            torch.tensor(ids), torch.tensor(mask), torch.tensor(owner),
            torch.tensor(states) @ self.directions, len(sequences),
        )


def cached(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.load(folder / 'ids.npy'), np.load(folder / 'starts.npy'), np.load(folder / 'hidden.npy', mmap_mode='r')


def batches(sources: list[tuple[Text, np.ndarray]], random_state: np.random.Generator):
    """Without end, every sequence of every source once a round; each batch is of one source."""
    while True:
        parts = []
        for text, sequences in sources:
            order = random_state.permutation(sequences)
            filled = np.cumsum(text.starts[order + 1] - text.starts[order] + GAP) // TOKENS_A_STEP
            parts += [(text, part) for part in np.split(order, np.flatnonzero(np.diff(filled)) + 1)]
        for i in random_state.permutation(len(parts)):
            text, part = parts[i]
            yield text.batch(np.sort(part))


def losses(encoder: StaticEncoder, batch, weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted squared error of the tokens' states; cosine of the sentences' means."""
    ids, mask, owner, wanted, sequences = batch
    hidden = encoder(ids[None], mask[None])[0]
    on = mask[:, None]
    error = ((hidden - wanted) ** 2 * on * weights).sum() / on.sum()
    means = [torch.zeros(sequences, HIDDEN).index_add_(0, owner, states * on) for states in (hidden, wanted)]
    return error, nn.functional.cosine_similarity(*means).mean()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ('teacher', 'sentences', 'phrases', 'model'):
        arguments.add_argument(name, type=Path)
    asked = arguments.parse_args()
    torch.manual_seed(SEED)
    random_state = np.random.default_rng(SEED)

    tokenizer = json.loads((asked.teacher / 'tokenizer.json').read_text('utf-8'))
    vocabulary = tokenizer['model']['vocab']
    theirs, starts, hidden = cached(asked.sentences)
    tokens = kept_tokens(vocabulary, np.bincount(theirs, minlength=len(vocabulary)))
    ours = np.full(len(vocabulary), -1, np.int64)
    ours[[vocabulary[token] for token in tokens]] = np.arange(len(tokens))
    ids = ours[theirs]

    sample = np.sort(random_state.choice(len(ids), 200_000, replace=False))
    states = hidden[sample].astype(np.float32)
    values, directions = np.linalg.eigh(np.cov(states.T))
    variances = torch.tensor(values[::-1][:HIDDEN].copy(), dtype=torch.float32)
    directions = torch.tensor(directions[:, ::-1][:, :HIDDEN].copy(), dtype=torch.float32)

    stored = onnx.load(asked.teacher / 'onnx/model.onnx').graph.initializer
    words = next(numpy_helper.to_array(t) for t in stored if tuple(t.dims) == (len(vocabulary), hidden.shape[1]))
    alone = np.zeros((len(tokens), hidden.shape[1]), np.float32)
    lengths = np.diff(starts)
    for sequence in np.flatnonzero(lengths == 3):
        token = ids[starts[sequence] + 1]
        if token >= 0 and not alone[token].any():
            alone[token] = hidden[starts[sequence] + 1]

    encoder = StaticEncoder(len(tokens), WIDTH, INNER, HIDDEN)
    with torch.no_grad():
        encoder.table.copy_(torch.tensor(first_table(words[[vocabulary[token] for token in tokens]].copy(), alone)))
        encoder.out.bias.copy_(torch.tensor(states.mean(0)) @ directions)

    text, phrases = Text(ids, starts, hidden, directions), cached(asked.phrases)
    phrases = Text(ours[phrases[0]], phrases[1], phrases[2], directions)
    sentences = random_state.permutation(text.whole())
    held_out = text.batch(sentences[:HELD_OUT])
    for phase in PHASES:
        weights = variances**-0.5 if phase.weighted else torch.ones_like(variances)
        weights /= (variances * weights).sum()
        optimiser = torch.optim.Adam(encoder.parameters(), betas=(0.9, 0.98))
        sources = [(text, sentences[HELD_OUT:])] + [(phrases, phrases.whole())] * phase.phrases
        for step, batch in zip(range(phase.steps), batches(sources, random_state)):
            for group in optimiser.param_groups:
                group['lr'] = phase.rate * min(1, (step + 1) / 100) * max(0.01, 1 - step / phase.steps)
            error, cosine = losses(encoder, batch, weights)
            optimiser.zero_grad()
            (error + 5 * (1 - cosine)).backward()
            optimiser.step()
            if step % 100 == 99:
                with torch.no_grad():
                    error, cosine = losses(encoder, held_out, weights)
                print(f'step {step + 1} of {phase.steps}: held out: error {error:.3f}, cosine {cosine:.4f}', flush=True)

    package.write(asked.model, encoder, package.trimmed_tokenizer(tokenizer, tokens))


if __name__ == '__main__':
    main()
