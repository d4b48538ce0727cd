"""The encoder as an ONNX file (opset 18), and back. The table is stored in 16 bits, the rest in 32."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from model import StaticEncoder

SHAPED = ('rows', 'tokens')


def write(encoder: StaticEncoder, path: Path) -> None:
    """Each Linear is a MatMul and an Add; the erf form of GELU is written out; shapes stay dynamic."""
    hidden = encoder.out.out_features
    nodes: list[onnx.NodeProto] = []
    initialisers: list[onnx.TensorProto] = []
    whole: list[onnx.TensorProto] = []

    def store(name: str, tensor: torch.Tensor, kind=np.float32) -> str:
        initialisers.append(numpy_helper.from_array(tensor.detach().numpy().astype(kind), name))
        return name

    def constant(name: str, value: list, kind) -> str:
        whole.append(numpy_helper.from_array(np.array(value, kind), name))
        return name

    def node(operator: str, inputs: list[str], output: str, **attributes) -> str:
        nodes.append(helper.make_node(operator, inputs, [output], name=output + '/' + operator, **attributes))
        return output

    def linear(name: str, layer: torch.nn.Linear, x: str) -> str:
        weight = store(f'{name}.weight', layer.weight.T.contiguous())
        bias = store(f'{name}.bias', layer.bias)
        return node('Add', [node('MatMul', [x, weight], f'{name}/product'), bias], f'{name}/sum')

    def gelu(name: str, x: str) -> str:
        error = node('Erf', [node('Div', [x, root_two], f'{name}/scaled')], f'{name}/erf')
        gate = node('Add', [error, one], f'{name}/gate')
        return node('Mul', [node('Mul', [x, gate], f'{name}/gated'), half], f'{name}/gelu')

    def beside(name: str, x: str) -> str:
        padded = node('Pad', [x, pads], f'{name}/padded')
        left = node('Slice', [padded, zero, minus_two, axis_tokens], f'{name}/left')
        right = node('Slice', [padded, two, far, axis_tokens], f'{name}/right')
        return node('Concat', [left, x, right], f'{name}/beside', axis=2)

    root_two = constant('root_two', 2**0.5, np.float32)
    one, half = constant('one', 1.0, np.float32), constant('half', 0.5, np.float32)
    pads = constant('pads', [0, 1, 0, 0, 1, 0], np.int64)
    zero, two = constant('zero', [0], np.int64), constant('two', [2], np.int64)
    minus_two, far = constant('minus_two', [-2], np.int64), constant('far', [2**31 - 1], np.int64)
    axis_tokens, axis_last = constant('axis_tokens', [1], np.int64), constant('axis_last', [2], np.int64)

    mask = node('Unsqueeze', ['attention_mask', axis_last], 'mask/column')
    mask = node('Cast', [mask], 'mask', to=TensorProto.FLOAT)
    table = store('embeddings.weight', encoder.table, np.float16)
    x = node('Gather', [table, 'input_ids'], 'embeddings/gathered', axis=0)
    x = node('Cast', [x], 'embeddings/fp32', to=TensorProto.FLOAT)
    x = node('Mul', [x, mask], 'embeddings')
    u = gelu('first', linear('first', encoder.first, beside('embeddings', x)))
    u = node('Mul', [u, mask], 'first')
    v = gelu('second', linear('second', encoder.second, beside('first', u)))
    features = node('Concat', [x, u, v], 'features', axis=2)
    node('Identity', [linear('out', encoder.out, features)], 'last_hidden_state')

    graph = helper.make_graph(
        nodes,
        'static-en',
        [helper.make_tensor_value_info(name, TensorProto.INT64, SHAPED) for name in ('input_ids', 'attention_mask')],
        [helper.make_tensor_value_info('last_hidden_state', TensorProto.FLOAT, (*SHAPED, hidden))],
        [*initialisers, *whole],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 18)], ir_version=8)
    made.producer_name = 'finesse'
    onnx.checker.check_model(made, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(made, path)


def read(path: Path) -> StaticEncoder:
    stored = {
        t.name: torch.tensor(numpy_helper.to_array(t).astype(np.float32)) for t in onnx.load(path).graph.initializer
    }
    table, out = stored['embeddings.weight'], stored['out.weight']
    encoder = StaticEncoder(*table.shape, stored['first.weight'].shape[1], out.shape[1])
    with torch.no_grad():
        encoder.table.copy_(table)
        for name in ('first', 'second', 'out'):
            getattr(encoder, name).weight.copy_(stored[f'{name}.weight'].T)
            getattr(encoder, name).bias.copy_(stored[f'{name}.bias'])
    return encoder
