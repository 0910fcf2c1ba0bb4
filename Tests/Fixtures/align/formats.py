#!/usr/bin/env python3
"""Makes formats/ beside this script: photos/one.png as phones, cameras and browsers would have it.

Needs numpy, Pillow and pillow-heif; the profile of Display P3 is that of ../images/phone.py.
"""
import os
import sys

import pillow_heif
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "images"))
from phone import display_p3, in_p3  # noqa: E402

import numpy as np  # noqa: E402

if __name__ == "__main__":
    pillow_heif.register_heif_opener()
    folder = os.path.join(HERE, "formats")
    os.makedirs(folder, exist_ok=True)
    photo = Image.open(os.path.join(HERE, "photos", "one.png")).convert("RGB")
    wide = Image.fromarray(in_p3(np.asarray(photo)))
    photo.save(os.path.join(folder, "one.heic"), quality=80)
    wide.save(os.path.join(folder, "wide.heic"), quality=80, icc_profile=display_p3())
    photo.save(os.path.join(folder, "one.avif"), quality=75)
    photo.save(os.path.join(folder, "one.webp"), quality=85)
    photo.save(os.path.join(folder, "one.tif"), compression="jpeg", quality=90)
    wide.save(os.path.join(folder, "wide.jpg"), quality=90, icc_profile=display_p3())
