"""A BERT encoder whose weights come from an ONNX file.

A folder in Hugging Face layout may hold `onnx/model.onnx` and no PyTorch weights. The reference scripts train
the very weights of that file, so they are read from it here.
"""

import csv
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from transformers import AutoTokenizer, BertConfig, BertModel


def read_weights(folder):
    """PyTorch state and ONNX names of the encoder in `folder`.

    Returns ({PyTorch name: tensor}, {PyTorch name: ONNX initialiser name}). A linear layer's weight may have an
    anonymous name (`onnx::MatMul_788`): it is found by its node, a MatMul whose output meets a named bias in an
    Add, and is transposed, ONNX holding [in, out] where PyTorch holds [out, in].
    """
    graph = onnx.load(str(Path(folder) / "onnx" / "model.onnx")).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    prefix = next(name for name in arrays if name.endswith("embeddings.word_embeddings.weight"))
    prefix = prefix[: -len("embeddings.word_embeddings.weight")]

    names = {name[len(prefix) :]: name for name in arrays if name.startswith(prefix)}
    bias_after = {}
    for node in graph.node:
        if node.op_type == "Add":
            constants = [name for name in node.input if name in arrays and name.endswith(".bias")]
            for value in node.input:
                if constants and value not in arrays:
                    bias_after[value] = constants[0]
    transposed = set()
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays:
            own = bias_after[node.output[0]][len(prefix) : -len("bias")] + "weight"
            names[own] = node.input[1]
            transposed.add(own)

    state = {}
    for own, name in names.items():
        array = arrays[name].T if own in transposed else arrays[name]
        state[own] = torch.tensor(array.astype("float32")).contiguous()
    return state, names


def load_into(model, state):
    """Puts `state` into a BertModel; a pooler, which no encoder file holds, keeps what it has."""
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.startswith("pooler.") and not name.endswith("_ids")]
    if missing or unexpected:
        raise ValueError(f"not a BERT encoder: missing {missing}, unexpected {list(unexpected)}")


def load_encoder(folder, **config):
    """(BertModel without a pooler in eval mode, {PyTorch name: ONNX initialiser name})."""
    state, names = read_weights(folder)
    model = BertModel(BertConfig.from_pretrained(folder, **config), add_pooling_layer=False)
    load_into(model, state)
    return model.eval(), names


def load_tokenizer(folder):
    return AutoTokenizer.from_pretrained(folder)


def read_csv(path):
    """(texts, labels) of a CSV with the columns `text` and `label`."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def mean_pooled(states, mask):
    """states [B, T, H], mask [B, T] -> [B, H]: the mean over the unmasked positions, L2-normalised."""
    weights = mask[:, :, None].to(states.dtype)
    pooled = (states * weights).sum(1) / weights.sum(1)
    return pooled / pooled.norm(dim=1, keepdim=True).clamp_min(1e-12)
