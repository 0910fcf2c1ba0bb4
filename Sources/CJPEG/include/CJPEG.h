#pragma once
#include <stddef.h>
#include <stdint.h>

// libjpeg reports errors by a callback that must not return, so by longjmp, which must not cross a Swift frame: the one
// call here is a whole decode. What it calls meanwhile may be Swift, for that returns before the next jump.

enum { CJPEG_OK = 0, CJPEG_TRUNCATED = 1, CJPEG_CORRUPT = 2, CJPEG_UNSUPPORTED = 3, CJPEG_LIMIT = 4, CJPEG_MEMORY = 5 };

typedef struct {
  int status;
  /// With `CJPEG_OK`: whether the message is about what follows the picture, all of which was read.
  int is_end_damaged;
  char message[220];
} cjpeg_outcome;

/// Decodes a JPEG of exactly `width` by `height` pixels into rows of `channels` bytes a pixel: 3 are RGB, 4 are CMYK as
/// stored (Adobe's 255 is no ink). Decoding stops after `maximum_scans` scans or when libjpeg needs more than
/// `maximum_memory` bytes (the coefficients of a progressive picture).
/// With `CJPEG_OK`, a non-empty message is a warning about damage.
/// After each row `finished` is told how many are done, unless it is NULL.
cjpeg_outcome cjpeg_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int channels,
                           int maximum_scans, long maximum_memory, uint8_t *pixels,
                           void (*finished)(void *context, uint32_t rows), void *context);
