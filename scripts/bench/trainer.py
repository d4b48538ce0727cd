"""The peer of `npm run bench`: one whole script that fine-tunes with Hugging Face's Trainer, the classic recipe.

    python scripts/bench/trainer.py --model FOLDER --train CSV --test CSV [--seed N] [--threads N] [--best]

AutoModelForSequenceClassification (its pooler and head start at random), fp32, batches of 16 padded to their
longest text, at most 128 tokens, three epochs, rate 5e-5 with 500 warm-up steps and linear decay, nothing saved.
With --best as one who knows it well would have it: rate 2e-4, 6 % warm-up, rows of similar length together, bf16 where
the processor computes in it.
Standard output is one JSON object.
"""

import time

START = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402

os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
from transformers import (  # noqa: E402
    AutoConfig,
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    PrinterCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
from minilm import load_into, load_tokenizer, read_csv, read_weights  # noqa: E402


CLASSIC = {"learning_rate": 5e-5, "warmup_steps": 500}
BEST = {
    "learning_rate": 2e-4,
    "warmup_steps": 0.06,  # below 1 it is a share of all steps
    "train_sampling_strategy": "group_by_length",
    "bf16": torch.cpu._is_avx512_bf16_supported(),
}


def peak_rss_mb():
    """The largest resident size of this process so far, in MiB."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    except FileNotFoundError:
        import psutil

        memory = psutil.Process().memory_info()
        if hasattr(memory, "peak_wset"):
            return memory.peak_wset / 2**20
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS


def tokenise(tokenizer, path, classes):
    texts, labels = read_csv(path)
    encoded = tokenizer(texts, truncation=True, max_length=128)
    return [
        {
            "input_ids": encoded["input_ids"][row],
            "attention_mask": encoded["attention_mask"][row],
            "labels": classes.index(label),
        }
        for row, label in enumerate(labels)
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--train", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--best", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    set_seed(options.seed)

    tokenizer = load_tokenizer(options.model)
    classes = sorted(set(read_csv(options.train)[1]))
    train = tokenise(tokenizer, options.train, classes)
    test = tokenise(tokenizer, options.test, classes)

    config = AutoConfig.from_pretrained(options.model, num_labels=len(classes))
    model = AutoModelForSequenceClassification.from_config(config)
    load_into(model.base_model, read_weights(options.model)[0])

    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model=model,
            args=TrainingArguments(
                output_dir=folder,
                num_train_epochs=3,
                per_device_train_batch_size=16,
                per_device_eval_batch_size=16,
                lr_scheduler_type="linear",
                **(BEST if options.best else CLASSIC),
                save_strategy="no",
                logging_strategy="no",
                report_to="none",
                disable_tqdm=True,
                use_cpu=True,
                dataloader_pin_memory=False,
                seed=options.seed,
            ),
            train_dataset=train,
            data_collator=DataCollatorWithPadding(tokenizer),
            processing_class=tokenizer,
        )
        trainer.remove_callback(PrinterCallback)
        begun = time.perf_counter()
        trainer.train()
        train_seconds = time.perf_counter() - begun
        prediction = trainer.predict(test)

    result = {
        "accuracy": round(float((prediction.predictions.argmax(-1) == prediction.label_ids).mean()), 6),
        "seconds": round(time.perf_counter() - START, 2),
        "train_seconds": round(train_seconds, 2),
        "peak_rss_mb": round(peak_rss_mb()),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
