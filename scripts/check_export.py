"""Predicts with an exported model as a person would in Python, without Finesse.

usage: python scripts/check_export.py MODEL_FOLDER [FILE] < TEXTS      (a JSON string a line; FILE: onnx/model.onnx)
prints: {"label": LABEL, "probabilities": {LABEL: P}} a line
needs: onnxruntime, tokenizers, numpy
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

NUMPY = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


def main():
    folder = Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    id2label = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
    labels = [id2label[str(i)] for i in range(len(id2label))]
    file = sys.argv[2] if len(sys.argv) > 2 else "onnx/model.onnx"
    session = onnxruntime.InferenceSession(str(folder / file), providers=["CPUExecutionProvider"])
    assert session.get_outputs()[0].name == "logits"
    for line in sys.stdin.buffer:
        encoded = tokenizer.encode(json.loads(line))
        known = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
            "position_ids": list(range(len(encoded.ids))),
        }
        feeds = {i.name: np.array([known[i.name]], dtype=NUMPY[i.type]) for i in session.get_inputs()}
        logits = session.run(["logits"], feeds)[0][0].astype(np.float64)
        e = np.exp(logits - logits.max())
        p = e / e.sum()
        print(json.dumps({"label": labels[int(p.argmax())], "probabilities": dict(zip(labels, p.tolist()))}))


main()
