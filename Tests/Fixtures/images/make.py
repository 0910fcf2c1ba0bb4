#!/usr/bin/env python3
"""Makes formats/, expected.safetensors and resampled.safetensors beside this script.

Needs numpy, Pillow and safetensors. What a PNG must decode to is known from the array it was written from (by the small
writer below); what a JPEG must decode to is what Pillow's libjpeg gives.
"""
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
FORMATS = os.path.join(HERE, "formats")
OVER = (10, 200, 30)
H, W = 9, 13
rng = np.random.default_rng(20260101)
expected = {}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(rows, depth):
    """[h, w, samples] to filter-less scanlines."""
    out = b""
    for row in rows.reshape(rows.shape[0], -1):
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        out += b"\0" + line
    return out


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, depth, color, extra=b"", interlaced=False):
    h, w = samples.shape[:2]
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        raw = b"".join(pack(p, depth) for p in parts if p.size)
    else:
        raw = pack(samples, depth)
    head = struct.pack(">IIBBBBB", w, h, depth, color, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def over(rgb, alpha):
    a = alpha[..., None].astype(int)
    return ((rgb.astype(int) * a + np.array(OVER) * (255 - a) + 127) // 255).astype(np.uint8)


def keep(name, data, rgb, blended=None):
    with open(os.path.join(FORMATS, name), "wb") as f:
        f.write(data)
    expected[name] = np.ascontiguousarray(rgb.astype(np.uint8))
    if blended is not None:
        expected[name + ".over"] = np.ascontiguousarray(blended)


def rgb_of_gray(g):
    return np.repeat(g[..., None], 3, 2)


def make_png():
    for interlaced in (False, True):
        tail = "_interlaced.png" if interlaced else ".png"
        for depth in (1, 2, 4, 8, 16):
            g = rng.integers(0, 2**depth, (H, W, 1))
            full = (g[..., 0] >> 8) if depth == 16 else g[..., 0] * (255 // (2**depth - 1))
            keep(f"gray{depth}{tail}", png(g, depth, 0, interlaced=interlaced), rgb_of_gray(full))
            key = int(g[0, 0, 0])
            opaque = np.where(g[..., 0] == key, 0, 255)
            keep(
                f"gray{depth}_trns{tail}",
                png(g, depth, 0, chunk(b"tRNS", struct.pack(">H", key)), interlaced),
                rgb_of_gray(full),
                over(rgb_of_gray(full), opaque),
            )
        for depth in (1, 2, 4, 8):
            n = 2**depth if depth < 8 else 200
            table = rng.integers(0, 256, (n, 3))
            index = rng.integers(0, n, (H, W, 1))
            rgb = table[index[..., 0]]
            plte = chunk(b"PLTE", table.astype(np.uint8).tobytes())
            keep(f"palette{depth}{tail}", png(index, depth, 3, plte, interlaced), rgb)
            alphas = rng.integers(0, 256, max(1, n // 2))
            alpha = np.concatenate([alphas, np.full(n - len(alphas), 255)])[index[..., 0]]
            trns = plte + chunk(b"tRNS", alphas.astype(np.uint8).tobytes())
            keep(f"palette{depth}_trns{tail}", png(index, depth, 3, trns, interlaced), rgb, over(rgb, alpha))
        for depth in (8, 16):
            shift = depth - 8
            c = rng.integers(0, 2**depth, (H, W, 3))
            keep(f"rgb{depth}{tail}", png(c, depth, 2, interlaced=interlaced), c >> shift)
            key = c[4, 5]
            opaque = np.where((c == key).all(-1), 0, 255)
            trns = chunk(b"tRNS", struct.pack(">3H", *key))
            keep(f"rgb{depth}_trns{tail}", png(c, depth, 2, trns, interlaced), c >> shift, over(c >> shift, opaque))
            c = rng.integers(0, 2**depth, (H, W, 4))
            c8 = c >> shift
            keep(f"rgba{depth}{tail}", png(c, depth, 6, interlaced=interlaced), c8[..., :3], over(c8[..., :3], c8[..., 3]))
            c = rng.integers(0, 2**depth, (H, W, 2))
            c8 = c >> shift
            g = rgb_of_gray(c8[..., 0])
            keep(f"grayalpha{depth}{tail}", png(c, depth, 4, interlaced=interlaced), g, over(g, c8[..., 1]))
    c = rng.integers(0, 256, (H, W, 3))
    text = chunk(b"tEXt", b"Title\0x") + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"y" * 1000))
    more = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"sRGB", b"\0") + chunk(b"prVt", b"own") + text
    keep("rgb8_chunks.png", png(c, 8, 2, more), c)
    one = rng.integers(0, 256, (1, 1, 3))
    keep("1x1.png", png(one, 8, 2), one)
    keep("1x1_interlaced.png", png(one, 8, 2, interlaced=True), one)
    tall = np.repeat(rng.integers(0, 256, (50, 1, 3)), 100, 0)
    keep("1x5000.png", png(tall, 8, 2), tall)
    keep("5000x1.png", png(tall.transpose(1, 0, 2), 8, 2), tall.transpose(1, 0, 2))
    frames = [Image.fromarray(rng.integers(0, 256, (H, W, 3)).astype(np.uint8)) for _ in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=100)
    keep("animated.png", out.getvalue(), np.asarray(frames[0]))


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def decoded(data):
    image = Image.open(io.BytesIO(data))
    if image.mode == "CMYK":
        inks = np.asarray(image).astype(int)
        return (((255 - inks[..., :3]) * (255 - inks[..., 3:]) + 127) // 255).astype(np.uint8)
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def make_jpeg(photo):
    small = photo.resize((45, 30), Image.BICUBIC)
    odd = small.crop((0, 0, 37, 29))
    cases = {
        "420": jpeg(odd, quality=90, subsampling=2),
        "422": jpeg(odd, quality=90, subsampling=1),
        "444": jpeg(odd, quality=90, subsampling=0),
        "progressive": jpeg(odd, quality=85, progressive=True),
        "progressive_444": jpeg(odd, quality=85, progressive=True, subsampling=0),
        "restart": jpeg(odd, quality=85, restart_marker_blocks=1),
        "rgb": jpeg(odd, quality=90, keep_rgb=True),
        "gray": jpeg(odd.convert("L"), quality=90),
        "gray_progressive": jpeg(odd.convert("L"), quality=90, progressive=True),
        "1x1": jpeg(odd.crop((0, 0, 1, 1)), quality=90),
        "1x5000": jpeg(odd.resize((1, 5000)), quality=50, progressive=True),
        "5000x1": jpeg(odd.resize((5000, 1)), quality=50),
    }
    cmyk = jpeg(odd.convert("CMYK").point(lambda v: v * 3 // 4), quality=90)
    assert cmyk.count(b"Adobe") == 1
    at = cmyk.index(b"\xff\xee")
    assert cmyk[at + 4 : at + 9] == b"Adobe"
    cases["cmyk_adobe"] = cmyk
    ycck = bytearray(cmyk)
    ycck[at + 15] = 2
    cases["ycck_adobe"] = bytes(ycck)
    cases["cmyk_plain"] = cmyk[:at] + cmyk[at + 16 :]
    for name, data in cases.items():
        keep(name + ".jpg", data, decoded(data))
    for orientation in range(1, 9):
        exif = Image.Exif()
        if orientation % 2:
            exif.endian = ">"
        exif[0x010F] = "Camera"
        exif[0x0112] = orientation
        tall = small.crop((0, 0, 24, 10))
        data = jpeg(tall, quality=90, exif=exif.tobytes())
        keep(f"orientation{orientation}.jpg", data, decoded(data))
        out = io.BytesIO()
        tall.quantize(16).convert("RGB").save(out, "PNG", exif=exif)
        keep(f"orientation{orientation}.png", out.getvalue(), decoded(out.getvalue()))


def make_resampled(photo):
    """What Pillow's BICUBIC gives for the photograph odd/cat_palette.png."""
    w, h = photo.size
    left, top = (w - h) // 2, 0
    square = photo.crop((left, top, left + h, top + h))
    result = {}
    for side in (17, 48, 110):
        result[f"crop{side}"] = np.asarray(square.resize((side, side), Image.BICUBIC))
    result["pad48"] = np.full((48, 48, 3), OVER, np.uint8)
    result["pad48"][8:40] = np.asarray(photo.resize((48, 32), Image.BICUBIC))
    save_file(result, os.path.join(HERE, "resampled.safetensors"))


if __name__ == "__main__":
    os.makedirs(FORMATS, exist_ok=True)
    cat = Image.open(os.path.join(HERE, "odd", "cat_palette.png")).convert("RGB")
    make_png()
    make_jpeg(cat)
    make_resampled(cat)
    for long in ("1x5000", "5000x1"):
        del expected[long + ".jpg"], expected[long + ".png"]
    save_file(expected, os.path.join(HERE, "expected.safetensors"))
