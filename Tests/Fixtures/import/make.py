#!/usr/bin/env python3
"""Takes pictures and loss curves out of the reference runs beside, as files that a shell script can use."""

import json
import pathlib
import struct
import zlib

here = pathlib.Path(__file__).parent
fixtures = here.parent


def read(path, name):
    data = (fixtures / path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    entry = json.loads(data[8 : 8 + length])[name]
    begin, end = (8 + length + offset for offset in entry["data_offsets"])
    return entry["shape"], data[begin:end]


def png(path, name):
    (height, width, _), pixels = read(path, "target_u8")
    rows = b"".join(b"\0" + pixels[row * width * 3 : (row + 1) * width * 3] for row in range(height))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    (here / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    )


def curve(path, steps):
    (_, terms), data = read(path, "curve")
    values = struct.unpack(f"<{len(data) // 4}f", data)
    rows = [values[step * terms : (step + 1) * terms] for step in range(steps)]
    return dict(zip(["pixel", "perceptual", "domain", "total"], zip(*rows)))


png("tiny32/invert.safetensors", "astronaut-32.png")
png("tiny32/invert_bn_fused.safetensors", "portrait-32.png")
png("tiny256/invert.safetensors", "astronaut-256.png")
curves = {
    "tiny32": curve("tiny32/invert.safetensors", 10),
    "tiny32-slow": curve("tiny32/invert_lr001.safetensors", 100),
    "tiny32-fused": curve("tiny32/invert_bn_fused.safetensors", 10),
    "tiny256": curve("tiny256/invert.safetensors", 10),
}
(here / "curves.json").write_text(json.dumps(curves) + "\n")
