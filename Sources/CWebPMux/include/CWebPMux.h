#ifndef CWEBPMUX_H
#define CWEBPMUX_H

#include <stddef.h>
#include <stdint.h>

enum { CWEBPMUX_OK = 0, CWEBPMUX_MEMORY = 1, CWEBPMUX_FAILED = 2 };

/// Encodes rows of RGB (`channels` 3) or RGBA (4) as one WebP picture, lossy. The bytes are freed by `cwebpmux_free`.
/// Returns a status; on failure nothing is to be freed.
int cwebpmux_encode(const uint8_t *pixels, int width, int height, int channels, float quality, uint8_t **bytes, size_t *count);

/// Puts encoded pictures of one size in a row, each for so many milliseconds, shown again and again. `frames` are all bytes,
/// one picture after the other, with `sizes` bytes each; `exif` goes along where there is any. The result is freed by
/// `cwebpmux_free`.
int cwebpmux_animate(const uint8_t *frames, const size_t *sizes, const int *milliseconds, size_t frame_count,
                     const uint8_t *exif, size_t exif_size, uint8_t **bytes, size_t *count);

void cwebpmux_free(uint8_t *bytes);

#endif
