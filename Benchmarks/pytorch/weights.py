"""Reads safetensors files with nothing but numpy."""

import json
import struct

import numpy as np
import torch

TYPES = {"F32": np.float32, "F64": np.float64, "F16": np.float16, "U8": np.uint8, "I64": np.int64}


def read(path):
    """All tensors of a file by name; numbers in float32 except bytes and whole numbers."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        start = 8 + length
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            first, end = entry["data_offsets"]
            file.seek(start + first)
            values = np.frombuffer(file.read(end - first), TYPES[entry["dtype"]]).reshape(entry["shape"])
            tensors[name] = torch.from_numpy(values.copy())
            if tensors[name].dtype in (torch.float16,):
                tensors[name] = tensors[name].float()
        return tensors
