"""General English for distillation, out of freely licensed packages.

usage: python corpus.py UNPACKED_FOLDER > sentences.txt

UNPACKED_FOLDER/NAME/ holds the unpacked package NAME (see README.md beside this file). No sentence of the
sets on which the model is judged is in any of them. One sentence a line, no line twice, order fixed.
"""

import gzip
import html
import random
import re
import sys
from pathlib import Path

SENTENCE_END = re.compile(r'(?<=[.!?;])["\')\]]*\s+(?=["\'(]*[A-Za-z0-9])')
SHORT_FORM = re.compile(r'\b(?:[A-Z]|etc|esp|vs|Mr|Mrs|Dr|St|e\.g|i\.e|cf|viz|pl|adv|prep|Fig)\.$')


def sentences(paragraph: str):
    rest = ''
    for piece in SENTENCE_END.split(re.sub(r'\s+', ' ', paragraph).strip()):
        rest = f'{rest} {piece}' if rest else piece
        if not SHORT_FORM.search(rest):
            yield rest
            rest = ''
    if rest:
        yield rest


def wordnet(root: Path):
    for part in ('noun', 'verb', 'adj', 'adv'):
        for line in (root / f'usr/share/wordnet/data.{part}').read_text().splitlines():
            if line.startswith('  ') or ' | ' not in line:
                continue
            fields, gloss = line.split(' | ', 1)
            fields = fields.split(' ')
            words = [fields[4 + 2 * i] for i in range(int(fields[3], 16))]
            word = re.sub(r'\(.*?\)', '', words[0]).replace('_', ' ')
            examples = re.findall(r'"([^"]+)"', gloss)
            definition = re.split(r'; "|; ?$', gloss)[0].strip().rstrip(';')
            yield from examples
            yield definition
            yield f'{word}: {definition}'


def dictd(root: Path):
    """Definitions and quotations of a dictd database; headwords, etymologies and sources are left out."""
    for path in sorted((root / 'usr/share/dictd').glob('*.dict.dz')):
        text = gzip.open(path).read().decode('utf-8', 'replace')
        for block in re.split(r'\n\s*\n', text):
            lines = block.split('\n')
            if lines and lines[0] and not lines[0].startswith(' '):
                lines = lines[1:]
            paragraph = ' '.join(lines)
            paragraph = re.sub(r'\[[^\]]*\]|<[^>]*>|--\s?[A-Z][\w. ]*$', ' ', paragraph)
            paragraph = re.sub(r'[{}]', '', paragraph)
            paragraph = re.sub(r'^\s*(?:\d+\.|\(\w\)|Note:|Syn:)\s*', '', paragraph)
            yield from sentences(paragraph)


def fortunes(root: Path):
    for path in sorted((root / 'usr/share/games/fortunes').iterdir()):
        if path.suffix == '' and path.is_file() and 'art' not in path.name:
            for entry in path.read_text('utf-8', 'replace').split('\n%\n'):
                yield from sentences(re.sub(r'--.*', '', entry, flags=re.S))


def markup(paths, encoding='utf-8'):
    for path in sorted(paths):
        text = path.read_text(encoding, 'replace')
        text = re.sub(r'<(script|style|head|code|pre)\b.*?</\1>', ' ', text, flags=re.S)
        for paragraph in re.split(
            r'</?(?:p|para|li|div|td|tr|h\d|title|desc|item|page|section|br|dt|dd|paragraph)\b[^>]*>', text
        ):
            yield from sentences(html.unescape(re.sub(r'<[^>]+>', '', paragraph)))


def wesnoth(root: Path):
    for path in sorted(root.rglob('*.cfg')):
        for quoted in re.findall(r'\b_ ?"((?:[^"]|"")*)"', path.read_text('utf-8', 'replace')):
            quoted = re.sub(r'<[^>]+>|\$\w+', ' ', quoted.replace('""', '"'))
            quoted = re.sub(r'^\w+\^', '', quoted)
            yield from sentences(quoted)


def chatterbot(root: Path):
    for path in sorted((root / 'chatterbot_corpus/data/english').glob('*.yml')):
        for line in path.read_text('utf-8').splitlines():
            turn = re.match(r'\s*-\s*-?\s+(.*)', line)
            if turn:
                yield from sentences(turn.group(1).strip('\'"'))


def aiml(root: Path):
    for path in sorted(root.rglob('*.aiml')):
        text = path.read_text('utf-8', 'replace')
        for pattern in re.findall(r'<pattern>(.*?)</pattern>', text, flags=re.S):
            pattern = re.sub(r'<[^>]+>|[*_]', ' ', pattern)
            yield re.sub(r'\s+', ' ', pattern).strip().lower()
        for template in re.findall(r'<template>(.*?)</template>', text, flags=re.S):
            template = re.sub(r'<(think|srai|condition)\b.*?</\1>', ' ', template, flags=re.S)
            for piece in re.split(r'</?li>|<br ?/>', template):
                yield from sentences(html.unescape(re.sub(r'<[^>]+>', ' ', piece)))


def pages(root: Path):
    """Manual pages: the running text between macros."""
    for path in sorted(root.rglob('*.gz')):
        if '/man/' not in str(path):
            continue
        text = gzip.open(path).read().decode('utf-8', 'replace')
        text = re.sub(r'\\f[A-Z]|\\&|\\|\(\w\)', '', text)
        for paragraph in re.split(r'\n(?:\.[^\n]*|\s*)\n|\n\.(?:PP|TP|IP|P|SH|SS|Pp|It)[^\n]*\n', text):
            yield from sentences(re.sub(r'(?m)^\.(?:\\"|[A-Za-z]+)\s?.*$', ' ', paragraph))


def keep(line: str) -> bool:
    words = line.split()
    letters = sum(c.isalpha() or c == ' ' for c in line)
    return (
        2 <= len(words) <= 32
        and line.isascii()
        and letters >= 0.8 * len(line)
        and not re.search(r'https?:|\\|[|<>{}_=~]|\.\.\.\.', line)
    )


def corpus(root: Path) -> list[str]:
    share = 'usr/share'
    # (most lines taken, lines): no single kind of English outweighs the rest
    sources = [
        (90_000, wordnet(root / 'wordnet-base')),
        (45_000, dictd(root / 'dict-gcide')),
        (10_000, (line for name in ('dict-foldoc', 'dict-devil', 'dict-jargon') for line in dictd(root / name))),
        (20_000, fortunes(root / 'fortunes')),
        (15_000, markup((root / f'anarchism/{share}/doc/anarchism/html').glob('*.html'))),
        (6_000, markup((root / f'gnome-user-docs/{share}/help/C').rglob('*.page'))),
        (9_000, markup((root / f'libreoffice-help-en-us/{share}/libreoffice/help/en-US').rglob('*.html'))),
        (3_000, markup((root / f'homebank-data/{share}/doc/homebank-data/help').glob('*.html'))),
        (16_000, wesnoth(root / 'wesnoth-1.16-data')),
        (5_000, chatterbot(root / 'chatterbot-corpus')),
        (60_000, aiml(root / 'aiml')),
        (6_000, (line for name in ('manpages', 'bsdgames') for line in pages(root / name))),
    ]
    random_state = random.Random(42)
    kept: dict[str, None] = {}
    for most, lines in sources:
        fresh = [line for line in dict.fromkeys(line.strip() for line in lines) if keep(line) and line not in kept]
        kept.update(dict.fromkeys(random_state.sample(fresh, min(most, len(fresh)))))
    shuffled = list(kept)
    random_state.shuffle(shuffled)
    return shuffled


if __name__ == '__main__':
    print('\n'.join(corpus(Path(sys.argv[1]))))
