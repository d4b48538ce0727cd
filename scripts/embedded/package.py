"""Writes the encoder's folder in Hugging Face layout."""

import json
from pathlib import Path

import onnx_file
from model import StaticEncoder

SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
LONGEST = 512


def trimmed_tokenizer(original: dict, tokens: list[str]) -> dict:
    """The teacher's tokenizer with a part of its vocabulary; ids follow the order of `tokens`."""
    trimmed = json.loads(json.dumps(original))
    ids = {token: i for i, token in enumerate(tokens)}
    trimmed['model']['vocab'] = ids
    for token in trimmed['added_tokens']:
        token['id'] = ids[token['content']]
    for special in trimmed['post_processor']['special_tokens'].values():
        special['ids'] = [ids[token] for token in special['tokens']]
    trimmed['padding'] = None
    trimmed['truncation'] = None
    return trimmed


def write(folder: Path, encoder: StaticEncoder, tokenizer: dict) -> None:
    def put(name: str, value: dict, **layout) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value, ensure_ascii=False, **layout) + '\n', 'utf-8')

    vocabulary, width = encoder.table.shape
    hidden = encoder.out.out_features
    put(
        'config.json',
        {
            # a type that transformers.js maps: its encoder classes run whatever graph the file holds
            'model_type': 'bert',
            'architectures': ['BertModel'],
            'hidden_size': hidden,
            'embedding_size': width,
            'intermediate_size': encoder.first.out_features,
            'num_hidden_layers': 2,
            'vocab_size': vocabulary,
            'pad_token_id': 0,
            'max_position_embeddings': LONGEST,
            'finesse_architecture': 'static-encoder',
        },
        indent=2,
    )
    put('tokenizer.json', tokenizer, separators=(',', ':'))
    put(
        'tokenizer_config.json',
        {
            'tokenizer_class': 'BertTokenizer',
            'do_lower_case': True,
            'model_max_length': LONGEST,
            **{f'{token.strip("[]").lower()}_token': token for token in SPECIAL},
        },
        indent=2,
    )
    put(
        '1_Pooling/config.json',
        {
            'word_embedding_dimension': hidden,
            'pooling_mode_cls_token': False,
            'pooling_mode_mean_tokens': True,
            'pooling_mode_max_tokens': False,
            'pooling_mode_mean_sqrt_len_tokens': False,
        },
        indent=2,
    )
    onnx_file.write(encoder, folder / 'onnx/model.onnx')
