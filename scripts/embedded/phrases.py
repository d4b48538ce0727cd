"""Short judgements made of WordNet's commoner words: how adjectives, adverbs, negations and nouns combine.

usage: python phrases.py UNPACKED_FOLDER COUNT > phrases.txt
"""

import random
import sys
from pathlib import Path

PATTERNS = """
a {adj} {noun}
a {adv} {adj} {noun}
a {adj} , {adj} {noun}
a {adj} and {adj} {noun} about {nouns}
not {adj}
not {adj} enough to be {adj}
never {adj} , always {adj}
the {noun} is {adj}
the {noun} is {adv} {adj} .
the {noun} is not {adj} but {adj} .
the {noun} is too {adj} to be {adj} .
{adj} but {adj}
{adj} , {adj} and {adv} {adj}
more {adj} than {adj}
neither {adj} nor {adj}
as {adj} as it is {adj}
it lacks {noun} and {noun} .
full of {noun} and {nouns}
without any {noun} or {noun} .
I {feel} this {adj} {noun} .
I {feel} how {adj} the {noun} was .
it {verb}s the {noun} {adv} .
{adv} {adj} and {adv} {adj}
nothing {adj} happens in this {adj} {noun} .
one of the most {adj} {nouns} of the year .
far from {adj} , it is {adj} .
a {noun} of {adj} {nouns} and {adj} {nouns} .
why is the {noun} so {adj} ?
""".strip().splitlines()
FEEL = ('love', 'hate', 'like', 'dislike', "don't like", 'enjoyed', 'regret', 'admire', 'remember', 'forgot')


def common(root: Path, part: str, most: int) -> list[str]:
    """The words of a part of speech that are counted most often in WordNet's tagged texts."""
    kinds = {'noun': '1', 'verb': '2', 'adj': '35', 'adv': '4'}
    counts: dict[str, int] = {}
    for line in (root / 'wordnet-base/usr/share/wordnet/cntlist.rev').read_text().splitlines():
        key, _, count = line.split(' ')
        word, rest = key.split('%')
        if rest[0] in kinds[part] and word.isalpha():
            counts[word] = counts.get(word, 0) + int(count)
    listed = {line.split(' ')[0] for line in (root / f'wordnet-base/usr/share/wordnet/index.{part}').open()}
    ranked = sorted((word for word in counts if word in listed), key=lambda word: (-counts[word], word))
    return ranked[:most]


def main(root: Path, count: int) -> None:
    words = {part: common(root, part, most) for part, most in (('noun', 4000), ('verb', 1500), ('adj', 4000), ('adv', 800))}
    random_state = random.Random(42)
    made: dict[str, None] = {}
    while len(made) < count:
        phrase = random_state.choice(PATTERNS)
        for part in ('noun', 'verb', 'adj', 'adv'):
            while f'{{{part}}}' in phrase:
                phrase = phrase.replace(f'{{{part}}}', random_state.choice(words[part]), 1)
        while '{nouns}' in phrase:
            phrase = phrase.replace('{nouns}', random_state.choice(words['noun']) + 's', 1)
        made[phrase.replace('{feel}', random_state.choice(FEEL))] = None
    print('\n'.join(made))


if __name__ == '__main__':
    main(Path(sys.argv[1]), int(sys.argv[2]))
