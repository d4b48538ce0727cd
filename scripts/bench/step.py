"""The peer of `scripts/bench/step.ts`: training steps in PyTorch, taken one at a time as they are asked for.

    python scripts/bench/step.py --model FOLDER --rows N --tokens N --labels N --threads N --kind eager|compile|bf16

The encoder with mean pooling and a linear head, its tables of embeddings frozen, AdamW, clipping at 1: the same
trainables and arithmetic. Each line on standard input is a step; each line on standard output its milliseconds.
"""

import argparse
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
from minilm import load_encoder, mean_pooled  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    for name in ("rows", "tokens", "labels", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--kind", choices=["eager", "compile", "bf16"], default="eager")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    encoder, _ = load_encoder(options.model)
    head = torch.nn.Linear(encoder.config.hidden_size, options.labels)
    for name, parameter in encoder.named_parameters():
        parameter.requires_grad = not name.startswith("embeddings.") or "LayerNorm" in name
    trained = [p for p in (*encoder.parameters(), *head.parameters()) if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=1e-6, weight_decay=0.01)
    ids = 1000 + torch.arange(options.rows * options.tokens).reshape(options.rows, options.tokens) % 6000
    mask = torch.ones_like(ids)
    targets = torch.arange(options.rows) % options.labels

    def loss_of(ids, mask):
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return torch.nn.functional.cross_entropy(head(mean_pooled(states.float(), mask)), targets)

    forward = torch.compile(loss_of) if options.kind == "compile" else loss_of
    for _ in sys.stdin:
        start = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.kind == "bf16"):
            loss = forward(ids, mask)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        print((time.perf_counter() - start) * 1000, flush=True)


main()
