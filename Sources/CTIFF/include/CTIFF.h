#pragma once
#include <stddef.h>
#include <stdint.h>

// libtiff reports errors through functions with a va_list, which Swift cannot write.

enum { CTIFF_OK = 0, CTIFF_TRUNCATED = 1, CTIFF_CORRUPT = 2, CTIFF_UNSUPPORTED = 3, CTIFF_LIMIT = 4, CTIFF_MEMORY = 5 };

typedef struct {
  int status;
  char message[220];
} ctiff_outcome;

enum { CTIFF_RGB = 0, CTIFF_RGBA = 1, CTIFF_CMYK = 2 };

/// Decodes the first page of a TIFF of exactly `width` by `height` pixels, as it is stored (its orientation is left alone).
/// `layout` is RGB (alpha dropped), RGBA (not multiplied with alpha) or CMYK (255 is no ink); `depth` is 8, or 16 in the
/// machine's byte order where the file has 16 bits of gray or RGB. Gray is copied to three channels.
/// Decoding stops where libtiff needs more than `maximum_memory` bytes at once.
/// `pixels` has room for `width * height` pixels of 3 or 4 samples.
ctiff_outcome ctiff_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int layout, int depth,
                           size_t maximum_memory, void *pixels);
