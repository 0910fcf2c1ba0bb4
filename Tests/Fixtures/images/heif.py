"""Writes HEIC files box by box (ISO/IEC 14496-12 and 23008-12), so that they have what pillow-heif does not write."""
import io
import struct

import numpy as np
import pillow_heif
from PIL import Image

DATE = "2024:05:06 07:08:09"


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x0132] = "2025:01:01 00:00:00"
    data.get_ifd(0x8769)[0x9003] = DATE
    data.get_ifd(0x8825)[1] = "N"
    data.get_ifd(0x8825)[2] = (48.0, 51.0, 29.6)
    return data.tobytes()


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind, version, flags, *parts):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data):
    at = 0
    while at + 8 <= len(data):
        size = struct.unpack(">I", data[at : at + 4])[0]
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def tile(array):
    """What pillow-heif codes of a picture: its configuration, and its data."""
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(np.ascontiguousarray(array))).save(out, quality=95, chroma=444)
    data = out.getvalue()
    meta = dict(boxes(dict(boxes(data))[b"meta"][4:]))
    properties = list(boxes(dict(boxes(meta[b"iprp"]))[b"ipco"]))
    configuration = next(body for kind, body in properties if kind == b"hvcC")
    return configuration, dict(boxes(data))[b"mdat"]


def heif(tiles, columns, width, height, side, transforms=b"", count=0, date=None):
    """A HEIC of one tile, or of a mosaic of square tiles as phones write them, with properties that turn and cut it."""
    coded = [tile(t) for t in tiles]
    properties = box(b"hvcC", coded[0][0]) + full(b"ispe", 0, 0, struct.pack(">II", side[1], side[0]))
    properties += full(b"ispe", 0, 0, struct.pack(">II", width, height)) + full(b"pixi", 0, 0, b"\3\x08\x08\x08") + transforms
    wanted = [5 + i for i in range(count)]
    is_grid = len(tiles) > 1
    items, references, places, associations = b"", b"", [], []
    numbers = list(range(1, len(tiles) + 1))
    for number, (_, bytes_) in zip(numbers, coded):
        items += full(b"infe", 2, 1 if is_grid else 0, struct.pack(">HH", number, 0) + b"hvc1\0")
        places.append((number, bytes_))
        associations.append((number, [0x81, 2, 4] + ([] if is_grid else [0x80 | w for w in wanted])))
    primary = 1
    if is_grid:
        primary = 100
        items += full(b"infe", 2, 0, struct.pack(">HH", primary, 0) + b"grid\0")
        places.append((primary, struct.pack(">BBBBHH", 0, 0, len(tiles) // columns - 1, columns - 1, width, height)))
        references += box(b"dimg", struct.pack(f">HH{len(tiles)}H", primary, len(tiles), *numbers))
        associations.append((primary, [3, 4] + [0x80 | w for w in wanted]))
    if date:
        items += full(b"infe", 2, 1, struct.pack(">HH", 200, 0) + b"Exif\0")
        raw = exif(6)
        places.append((200, struct.pack(">I", 6) + raw))
        references += box(b"cdsc", struct.pack(">HHH", 200, 1, primary))

    def meta(start):
        located, at = b"", start
        for number, bytes_ in places:
            located += struct.pack(">HHHII", number, 0, 1, at, len(bytes_))
            at += len(bytes_)
        ipma = b"".join(struct.pack(">HB", number, len(list_)) + bytes(list_) for number, list_ in associations)
        return full(
            b"meta", 0, 0, full(b"hdlr", 0, 0, b"\0\0\0\0pict", b"\0" * 13), full(b"pitm", 0, 0, struct.pack(">H", primary)),
            full(b"iinf", 0, 0, struct.pack(">H", len(places)), items),
            *([full(b"iref", 0, 0, references)] if references else []),
            box(b"iprp", box(b"ipco", properties), full(b"ipma", 0, 0, struct.pack(">I", len(associations)), ipma)),
            full(b"iloc", 0, 0, b"\x44\0", struct.pack(">H", len(places)), located))

    ftyp = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + box(b"mdat", *[bytes_ for _, bytes_ in places])
