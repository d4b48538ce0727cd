"""Cross-validated accuracy of the fine-tuned model and of a linear n-gram model, on train.csv alone.

usage: python evaluate.py MODEL_FOLDER DATASETS_FOLDER [--sets a,b] [--folds N] [--epochs N] [--rate X]

Same folds for both. Each fold's epoch is chosen as in training: by a tenth of the fold's own training rows, held out.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline, make_union
from tokenizers import Tokenizer

import onnx_file
from finetune import finetune


def ngram_accuracy(texts, labels, train, test) -> float:
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer='char_wb', ngram_range=(2, 5), sublinear_tf=True, min_df=2),
    )
    model = make_pipeline(features, LogisticRegression(C=10, max_iter=100, tol=1e-3))
    return float(model.fit(texts[train], labels[train]).score(texts[test], labels[test]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('model', type=Path)
    arguments.add_argument('datasets', type=Path)
    arguments.add_argument('--sets', default='trec6,banking77,sst2-sentences,sms_spam')
    arguments.add_argument('--folds', type=int, default=2)
    arguments.add_argument('--epochs', type=int, default=5)
    arguments.add_argument('--batch', type=int, default=32)
    arguments.add_argument('--rate', type=float, default=2e-3)
    arguments.add_argument('--table-rate', type=float)
    arguments.add_argument('--head-rate', type=float)
    arguments.add_argument('--token-dropout', type=float, default=0.0)
    arguments.add_argument('--scale', type=float, default=1.0)
    arguments.add_argument('--decay', type=float, default=0.01)
    arguments.add_argument('--average', type=float, default=0.99)
    arguments.add_argument('--no-ngram', action='store_true')
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(asked.model / 'tokenizer.json'))
    tokenizer.enable_truncation(128)

    for name in asked.sets.split(','):
        with (asked.datasets / name / 'train.csv').open(encoding='utf-8', newline='') as file:
            rows = list(csv.DictReader(file))
        texts = np.array([row['text'] for row in rows], object)
        labels = np.array([row['label'] for row in rows])
        ids = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        lines = []
        for train, test in list(StratifiedKFold(5, shuffle=True, random_state=42).split(texts, labels))[: asked.folds]:
            fit, valid = train_test_split(train, test_size=0.1, random_state=42, stratify=labels[train])
            result = finetune(
                onnx_file.read(asked.model / 'onnx/model.onnx'),
                [ids[i] for i in fit], labels[fit], [ids[i] for i in test], labels[test],
                valid_rows=[ids[i] for i in valid], valid_labels=labels[valid],
                rate=asked.rate, table_rate=asked.table_rate or asked.rate, head_rate=asked.head_rate or asked.rate,
                epochs=asked.epochs, batch=asked.batch, scale=asked.scale, decay=asked.decay,
                token_dropout=asked.token_dropout, average=asked.average,
            )
            ngram = float('nan') if asked.no_ngram else ngram_accuracy(texts, labels, train, test)
            lines.append([ngram, result.test[0], result.chosen, result.seconds])
            print('  epochs', ' '.join(f'{100 * x:.2f}' for x in result.test), flush=True)
        ngram, probe, tuned, seconds = np.mean(lines, 0)
        print(
            f'{name}: n-gram {100 * ngram:.2f}, probe {100 * probe:.2f}, fine-tuned {100 * tuned:.2f}, '
            f'{seconds:.1f} s an epoch',
            flush=True,
        )


if __name__ == '__main__':
    main()
