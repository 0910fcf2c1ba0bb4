#pragma once
#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which must not cross a Swift frame: each call here is a whole decode or encode. What it
// calls meanwhile may be Swift, for that returns before the next jump.

enum { CPNG_OK = 0, CPNG_TRUNCATED = 1, CPNG_CORRUPT = 2, CPNG_MEMORY = 3 };

typedef struct {
  int status;
  /// With `CPNG_OK`: whether the message is about what follows the picture, all of which was read.
  int is_end_damaged;
  char message[160];
} cpng_outcome;

/// Decodes a PNG of exactly `width` by `height` pixels into rows of `channels` (3: RGB, alpha dropped; 4: RGBA) samples
/// of `depth` bits: 8, or 16 in the machine's byte order where the file has 16.
/// `pixels` has room for `width * height * channels` samples.
/// After each row of a picture that is not interlaced `finished` is told how many are done, unless it is NULL.
cpng_outcome cpng_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int channels,
                         int depth, uint8_t *pixels, void (*finished)(void *context, uint32_t rows), void *context);

/// Encodes rows of bytes, gray (1 channel) or RGB (3). `texts` holds `text_count` pairs of keyword
/// and UTF-8 text, each ended by a NUL. Where `is_photograph` the picture is said to be sRGB; EXIF data unless
/// it is empty. On success `*encoded` is to be
/// freed by `cpng_free`. `maximum` bounds the size of the result.
cpng_outcome cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, const uint8_t *texts,
                         size_t text_count, int is_photograph, const uint8_t *exif, size_t exif_count, size_t maximum, uint8_t **encoded, size_t *encoded_count);

void cpng_free(uint8_t *encoded);
