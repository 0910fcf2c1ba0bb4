#!/usr/bin/env python3
"""Makes phone/, phone.csv and phone.safetensors beside this script: what phones, cameras and browsers write beside PNG and JPEG.

Needs numpy, Pillow, pillow-heif, tifffile, imagecodecs and safetensors. What a file must decode to is the array it was
written from; of a format that loses something the tests compare means. phone.csv names the array of each file, and of
each with alpha that over the color (10, 200, 30).
"""
import io
import os
import struct

import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageCms
from safetensors.numpy import save_file

from heif import DATE, box, exif, heif

HERE = os.path.dirname(os.path.abspath(__file__))
PHONE = os.path.join(HERE, "phone")
OVER = (10, 200, 30)
arrays = {}
lines = []
rng = np.random.default_rng(20260102)


def keep(name, data, rgb, blended=None):
    with open(os.path.join(PHONE, name), "wb") as f:
        f.write(data)
    lines.append(",".join([name, kept(rgb)] + ([kept(blended)] if blended is not None else [])))


def kept(array):
    """The name of an array, which is stored once."""
    array = np.ascontiguousarray(array.astype(np.uint8))
    for name, other in arrays.items():
        if array.shape == other.shape and (array == other).all():
            return name
    arrays[f"a{len(arrays)}"] = array
    return f"a{len(arrays) - 1}"


def over(rgb, alpha):
    a = alpha[..., None].astype(int)
    return ((rgb.astype(int) * a + np.array(OVER) * (255 - a) + 127) // 255).astype(np.uint8)


def triple(gray):
    return np.repeat(gray[..., None], 3, 2)


def display_p3():
    """A version 4 profile of Display P3 by its tags, with sRGB's curve; written here so that no vendor's file is needed."""
    def fixed(*values):
        return b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    def xyz(*values):
        return b"XYZ \0\0\0\0" + fixed(*values)

    def text(value):
        raw = value.encode("utf-16-be")
        return b"mluc\0\0\0\0" + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", len(raw), 28) + raw

    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = [
        (b"desc", text("P3")), (b"cprt", text("CC0")), (b"wtpt", xyz(0.9642, 1, 0.8249)),
        (b"rXYZ", xyz(0.51512, 0.2412, -0.00105)), (b"gXYZ", xyz(0.29198, 0.69225, 0.04189)),
        (b"bXYZ", xyz(0.1571, 0.06657, 0.78407)), (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ]
    table, data, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for tag, value in tags:
        value += b"\0" * (-len(value) % 4)
        table += tag + struct.pack(">II", start + len(data), len(value))
        data += value
    head = struct.pack(">I", 128 + len(table) + len(data)) + b"none" + struct.pack(">I", 0x04000000)
    head += b"mntrRGB XYZ " + struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + fixed(0.9642, 1, 0.8249)
    return head + b"\0" * (128 - len(head)) + table + data


def in_p3(rgb):
    """The same colors in Display P3's numbers."""
    convert = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(io.BytesIO(display_p3())), "RGB", "RGB")
    return np.asarray(ImageCms.applyTransform(Image.fromarray(rgb), convert))


def tiff(array, **options):
    out = io.BytesIO()
    with tifffile.TiffWriter(out, **{k: options.pop(k) for k in ("bigtiff", "byteorder") if k in options}) as writer:
        writer.write(array, metadata=None, software="", **options)
    return out.getvalue()


def make_tiff(photo):
    h, w = photo.shape[:2]
    gray = photo[..., 1]
    deep = photo.astype(np.uint16) * 256 + rng.integers(0, 256, photo.shape).astype(np.uint16)
    alpha = np.tile(np.linspace(0, 255, w).astype(np.uint8), (h, 1))
    rgba = np.dstack([photo, alpha])
    keep("rgb8.tif", tiff(photo, photometric="rgb"), photo)
    keep("rgb8_motorola.tif", tiff(photo, photometric="rgb", byteorder=">"), photo)
    keep("rgb8_big.tif", tiff(photo, photometric="rgb", bigtiff=True), photo)
    keep("rgb8_planar.tif", tiff(photo.transpose(2, 0, 1), photometric="rgb", planarconfig="separate"), photo)
    keep("rgb8_tiled.tif", tiff(photo, photometric="rgb", tile=(16, 16)), photo)
    keep("rgb8_strips.tif", tiff(photo, photometric="rgb", rowsperstrip=3), photo)
    keep("rgb16.tif", tiff(deep, photometric="rgb"), deep >> 8)
    keep("rgb16_planar_tiled.tif", tiff(deep.transpose(2, 0, 1), photometric="rgb", planarconfig="separate", tile=(16, 32)), deep >> 8)
    keep("rgb16_motorola.tif", tiff(deep, photometric="rgb", byteorder=">"), deep >> 8)
    for compression in ("lzw", "zlib", "packbits", "zstd"):
        keep(f"rgb8_{compression}.tif", tiff(photo, photometric="rgb", compression=compression), photo)
    keep("rgb8_predictor.tif", tiff(photo, photometric="rgb", compression="zlib", predictor=2), photo)
    keep("gray8.tif", tiff(gray, photometric="minisblack"), triple(gray))
    keep("gray8_white.tif", tiff(255 - gray, photometric="miniswhite"), triple(gray))
    keep("gray16.tif", tiff(deep[..., 1], photometric="minisblack"), triple(deep[..., 1] >> 8))
    bits = (gray > 128).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(bits * 255).convert("1", dither=Image.Dither.NONE).save(out, "TIFF", compression="group4")
    keep("fax.tif", out.getvalue(), triple(bits * 255))
    table = rng.integers(0, 256, (3, 256)).astype(np.uint16)
    keep("palette8.tif", tiff(gray, photometric="palette", colormap=table * 257), table.T[gray])
    keep("rgba8.tif", tiff(rgba, photometric="rgb", extrasamples=["unassalpha"]), photo, over(photo, alpha))
    multiplied = ((photo.astype(int) * alpha[..., None] + 127) // 255).astype(np.uint8)
    keep("rgba8_multiplied.tif", tiff(np.dstack([multiplied, alpha]), photometric="rgb", extrasamples=["assocalpha"]),
         multiplied, over(photo, alpha))
    keep("rgbx8.tif", tiff(rgba, photometric="rgb", extrasamples=["unspecified"]), photo)
    keep("grayalpha8.tif", tiff(np.dstack([gray, alpha]), photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"]),
         triple(gray), over(triple(gray), alpha))
    inks = np.asarray(Image.fromarray(photo).convert("CMYK").point(lambda v: v * 3 // 4)).copy()
    inks[..., 3] = 40
    plain = ((255 - inks[..., :3].astype(int)) * (255 - inks[..., 3:].astype(int)) + 127) // 255
    keep("cmyk8.tif", tiff(inks, photometric="separated"), plain)
    keep("cmyk16.tif", tiff(inks.astype(np.uint16) * 257, photometric="separated"), plain)
    p3 = in_p3(photo)
    keep("p3.tif", tiff(p3, photometric="rgb", iccprofile=display_p3()), photo)
    keep("p3_16.tif", tiff(p3.astype(np.uint16) * 257, photometric="rgb", iccprofile=display_p3()), photo)
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        for page in (photo, photo[::-1], photo[:10, :10]):
            writer.write(page, photometric="rgb", metadata=None, software="")
    keep("pages.tif", out.getvalue(), photo)
    for orientation in range(1, 9):
        part = photo[:10, :24]
        stored = {1: part, 2: part[:, ::-1], 3: part[::-1, ::-1], 4: part[::-1], 5: part.transpose(1, 0, 2),
                  6: np.rot90(part), 7: np.rot90(part, 2).transpose(1, 0, 2), 8: np.rot90(part, -1)}[orientation]
        keep(f"orientation{orientation}.tif", tiff(np.ascontiguousarray(stored), photometric="rgb", datetime=DATE,
                                                   extratags=[(274, 3, 1, orientation, True)]), part)
    out = io.BytesIO()
    Image.fromarray(photo).save(out, "TIFF", compression="jpeg", quality=95)
    keep("jpeg_lossy.tif", out.getvalue(), photo)


def saved(array, kind, **options):
    out = io.BytesIO()
    Image.fromarray(array).save(out, kind, **options)
    return out.getvalue()


def make_webp(photo, rgba):
    alpha = rgba[..., 3]
    keep("lossless.webp", saved(photo, "WEBP", lossless=True), photo)
    keep("lossless_alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True), photo, over(photo, alpha))
    keep("lossy.webp", saved(photo, "WEBP", quality=95), photo)
    keep("lossy_alpha.webp", saved(rgba, "WEBP", quality=95, exact=True), photo, over(photo, alpha))
    keep("lossless_p3.webp", saved(in_p3(photo), "WEBP", lossless=True, icc_profile=display_p3()), photo)
    turned = np.ascontiguousarray(np.rot90(photo))
    keep("lossless_turned.webp", saved(turned, "WEBP", lossless=True, exif=exif(6)), photo)
    frames = [Image.fromarray(photo), Image.fromarray(np.ascontiguousarray(photo[::-1]))]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True, duration=100)
    keep("lossless_animated.webp", out.getvalue(), photo)


def make_heic(photo, rgba):
    h, w = photo.shape[:2]

    def plain(array, **options):
        out = io.BytesIO()
        pillow_heif.from_pillow(Image.fromarray(array)).save(out, quality=95, **options)
        return out.getvalue()

    keep("plain.heic", plain(photo), photo)
    keep("full.heic", plain(photo, chroma=444), photo)
    keep("alpha.heic", plain(rgba, chroma=444), photo, over(photo, rgba[..., 3]))
    keep("gray.heic", plain(photo[..., 1]), triple(photo[..., 1]))
    image = Image.fromarray(in_p3(photo))
    image.info["icc_profile"] = display_p3()
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=95, chroma=444)
    keep("p3.heic", out.getvalue(), photo)
    for name, source in (("deep.heic", photo), ("deep_p3.heic", in_p3(photo))):
        deep = source.astype(np.uint16) * 257
        image = pillow_heif.from_bytes(mode="RGB;16", size=(w, h), data=deep.tobytes())
        if "p3" in name:
            image.info["icc_profile"] = display_p3()
        out = io.BytesIO()
        image.save(out, quality=95, chroma=444)
        keep(name, out.getvalue(), photo)
    # A mosaic whose last tiles reach beyond the picture.
    padded = np.pad(photo, ((0, 128 - h), (0, 128 - w), (0, 0)), mode="edge")
    four = [padded[y : y + 64, x : x + 64] for y in (0, 64) for x in (0, 64)]
    keep("grid.heic", heif(four, 2, w, h, (64, 64), date=True), photo)
    quarter = box(b"irot", b"\1")
    keep("grid_turned.heic", heif(four, 2, w, h, (64, 64), quarter, 1, date=True), np.rot90(photo))
    one = padded[:64, :64]
    keep("mirrored.heic", heif([one], 1, 64, 64, (64, 64), box(b"imir", b"\1"), 1), one[:, ::-1])
    cut = box(b"clap", struct.pack(">8i", 40, 1, 30, 1, 0, 1, 0, 1))
    keep("cut_turned.heic", heif([one], 1, 64, 64, (64, 64), cut + box(b"irot", b"\3"), 2), np.rot90(one[17:47, 12:52], -1))


def make_avif(photo, rgba):
    keep("plain.avif", saved(photo, "AVIF", quality=95), photo)
    keep("full.avif", saved(photo, "AVIF", quality=95, subsampling="4:4:4"), photo)
    keep("alpha.avif", saved(rgba, "AVIF", quality=95, subsampling="4:4:4"), photo, over(photo, rgba[..., 3]))
    keep("gray.avif", saved(photo[..., 1], "AVIF", quality=95, subsampling="4:0:0"), triple(photo[..., 1]))
    keep("p3.avif", saved(in_p3(photo), "AVIF", quality=95, subsampling="4:4:4", icc_profile=display_p3()), photo)
    turned = np.ascontiguousarray(np.rot90(photo))
    keep("turned.avif", saved(turned, "AVIF", quality=95, subsampling="4:4:4", exif=exif(6)), photo)


if __name__ == "__main__":
    os.makedirs(PHONE, exist_ok=True)
    cat = Image.open(os.path.join(HERE, "odd", "cat_palette.png")).convert("RGB")
    photo = np.asarray(cat.resize((100, 76), Image.BICUBIC).crop((0, 0, 98, 74)))
    alpha = np.tile(np.linspace(0, 255, photo.shape[1]).astype(np.uint8), (photo.shape[0], 1))
    rgba = np.dstack([photo, alpha])
    small = np.ascontiguousarray(photo[20:49, 20:57])
    make_tiff(small)
    make_webp(photo, rgba)
    make_heic(photo, rgba)
    make_avif(photo, rgba)
    # The same as a phone's JPEG.
    keep("p3_lossy.jpg", saved(in_p3(photo), "JPEG", quality=95, subsampling=0, icc_profile=display_p3(), exif=exif(1)), photo)
    save_file(arrays, os.path.join(HERE, "phone.safetensors"))
    with open(os.path.join(HERE, "phone.csv"), "w") as f:
        f.write("\n".join(lines) + "\n")
