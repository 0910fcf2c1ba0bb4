#!/usr/bin/env python3
"""Turns PyTorch state dicts (zip and pre-2020 stream format) into safetensors files with the same names and values.

    convert_checkpoints.py SOURCE.pth TARGET.safetensors [SOURCE TARGET ...]

The networks of the reference set were converted once with this script; tests read only the result.
Needs numpy alone: the unpickler below knows the handful of names a state dict uses and refuses any other.
Integer tensors (`num_batches_tracked`) are left out, since nothing uses them.
"""

import collections
import io
import json
import pickle
import struct
import sys
import zipfile

import numpy

STORAGES = {"FloatStorage": "<f4", "LongStorage": "<i8", "DoubleStorage": "<f8", "HalfStorage": "<f2"}


def rebuild_tensor(storage, offset, size, stride, *_):
    item = storage.itemsize
    strides = [step * item for step in stride]
    return numpy.lib.stride_tricks.as_strided(storage[offset:], size, strides).copy()


class Reader(pickle.Unpickler):
    def __init__(self, data, storages):
        super().__init__(data)
        self.storages = storages

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuild_tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda data, *_: data
        if module == "torch" and name in STORAGES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a state dict")

    def persistent_load(self, identifier):
        _, kind, key, _, count = identifier[:5]
        return self.storages(kind, key, count)


def read_zip(path):
    with zipfile.ZipFile(path) as archive:
        prefix = next(name for name in archive.namelist() if name.endswith("/data.pkl"))[: -len("data.pkl")]
        def storage(kind, key, count):
            return numpy.frombuffer(archive.read(f"{prefix}data/{key}"), STORAGES[kind])[:count]
        return Reader(io.BytesIO(archive.read(prefix + "data.pkl")), storage).load()


def read_stream(path):
    found = {}
    def storage(kind, key, count):
        return found.setdefault(key, numpy.zeros(count, STORAGES[kind]))
    with open(path, "rb") as stream:
        for _ in range(3):  # magic number, protocol, system
            Reader(stream, storage).load()
        state = Reader(stream, storage)
        # Tensors are copies of storages that are filled only after the pickle, hence two passes.
        start = stream.tell()
        state.load()
        keys = Reader(stream, storage).load()
        for key in keys:
            (count,) = struct.unpack("<q", stream.read(8))
            array = found[key]
            array[:] = numpy.frombuffer(stream.read(count * array.itemsize), array.dtype)
        stream.seek(start)
        return Reader(stream, storage).load()


def write_safetensors(path, tensors):
    header, offset, parts = {}, 0, []
    for name in sorted(tensors):
        data = numpy.ascontiguousarray(tensors[name], "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def main(arguments):
    for source, target in zip(arguments[0::2], arguments[1::2]):
        state = read_zip(source) if zipfile.is_zipfile(source) else read_stream(source)
        tensors = {name: value for name, value in state.items() if value.dtype == "<f4"}
        write_safetensors(target, tensors)
        print(f"{target}: {len(tensors)} tensors, {len(state) - len(tensors)} left out")


if __name__ == "__main__":
    main(sys.argv[1:])
