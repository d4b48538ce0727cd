"""The teacher's hidden states of every token of the text, kept on disk.

usage: python teacher.py TEACHER_FOLDER SENTENCES CACHE_FOLDER [--text-only]

CACHE_FOLDER gets ids.npy [tokens], starts.npy [sequences + 1] and hidden.npy [tokens, 384] in fp16. The first
sequences are the printable tokens of the vocabulary, each alone between [CLS] and [SEP], unless text-only. The teacher's products
run in 8 bits (its pooled vectors stay within a cosine of 0.99 of the 32-bit ones), twice as fast.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

LONGEST = 40
BATCH = 64
WINDOW = 8192


def main(teacher: Path, text: Path, cache: Path, text_only: bool) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(teacher / 'tokenizer.json'))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    ids = tokenizer.get_vocab()
    alone = [token for token in sorted(ids, key=ids.get) if token.isascii() and not token.startswith('[')]
    sequences = [[ids['[CLS]'], ids[token], ids['[SEP]']] for token in alone if not text_only]
    sequences += [encoding.ids for encoding in tokenizer.encode_batch(text.read_text('utf-8').splitlines())]

    starts = np.concatenate([[0], np.cumsum([len(sequence) for sequence in sequences])])
    np.save(cache / 'starts.npy', starts)
    np.save(cache / 'ids.npy', np.concatenate([np.array(sequence, np.int32) for sequence in sequences]))
    hidden = np.lib.format.open_memmap(
        cache / 'hidden.npy', mode='w+', dtype=np.float16, shape=(int(starts[-1]), 384)
    )

    # The quantiser writes beside the file that it reads.
    copied = shutil.copyfile(teacher / 'onnx/model.onnx', cache / 'teacher-32-bit.onnx')
    quantize_dynamic(
        copied, cache / 'teacher.onnx', per_channel=True, weight_type=QuantType.QInt8,
        op_types_to_quantize=['MatMul'],
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(cache / 'teacher.onnx', options, providers=['CPUExecutionProvider'])
    for window in range(0, len(sequences), WINDOW):
        order = sorted(range(window, min(window + WINDOW, len(sequences))), key=lambda i: len(sequences[i]))
        for first in range(0, len(order), BATCH):
            some = order[first : first + BATCH]
            shape = (len(some), len(sequences[some[-1]]))
            batch, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
            for row, i in enumerate(some):
                batch[row, : len(sequences[i])] = sequences[i]
                mask[row, : len(sequences[i])] = 1
            feeds = {'input_ids': batch, 'attention_mask': mask, 'token_type_ids': np.zeros_like(batch)}
            [states] = session.run(None, feeds)
            for row, i in enumerate(some):
                hidden[starts[i] : starts[i + 1]] = states[row, : len(sequences[i])]
        print(f'{window + len(order)} of {len(sequences)} sequences', file=sys.stderr)


if __name__ == '__main__':
    main(*map(Path, sys.argv[1:4]), '--text-only' in sys.argv)
