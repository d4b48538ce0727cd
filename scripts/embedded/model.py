"""The static encoder: a table of token vectors and two convolutions over neighbouring tokens."""

import torch
from torch import nn


class StaticEncoder(nn.Module):
    """ids [rows, tokens], mask [rows, tokens] -> hidden states [rows, tokens, hidden].

    x = table[ids]                                    [rows, tokens, width], zero where the mask is 0
    u = gelu(W1 [x left, x, x right] + b1)            [rows, tokens, inner], zero where the mask is 0
    v = gelu(W2 [u left, u, u right] + b2)
    hidden = W3 [x, u, v] + b3                        [rows, tokens, hidden]

    A token sees two neighbours on each side. Outside the text the neighbours are zero, so that padding
    never changes a result.
    """

    def __init__(self, vocabulary: int, width: int, inner: int, hidden: int):
        super().__init__()
        self.table = nn.Parameter(torch.randn(vocabulary, width) / width**0.5)
        self.first = nn.Linear(3 * width, inner)
        self.second = nn.Linear(3 * inner, inner)
        self.out = nn.Linear(width + 2 * inner, hidden)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        """With `rows` [some, width], ids are indices into them: the gradient is then of those rows alone."""
        table = self.table if rows is None else rows
        on = mask.unsqueeze(-1).to(self.table.dtype)
        x = nn.functional.embedding(ids, table) * on
        u = nn.functional.gelu(self.first(beside(x))) * on
        v = nn.functional.gelu(self.second(beside(u)))
        return self.out(torch.cat([x, u, v], -1))


def beside(x: torch.Tensor) -> torch.Tensor:
    """[rows, tokens, width] -> [rows, tokens, 3 width]: the left neighbour, the token, the right neighbour."""
    padded = nn.functional.pad(x, (0, 0, 1, 1))
    return torch.cat([padded[:, :-2], x, padded[:, 2:]], -1)


def mean_pool(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    on = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * on).sum(1) / on.sum(1)
