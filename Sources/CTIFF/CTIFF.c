#include "CTIFF.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

typedef struct {
  const uint8_t *input;
  size_t count, position;
  int is_past_end;
  uint32_t width, height;
  int layout, depth;
  size_t maximum_memory;
  void *pixels;
  // Of the file.
  uint16_t samples, bits, photometric, planar;
  int alpha;  // Which sample it is; -1 for none.
  int is_multiplied;
  ctiff_outcome outcome;
} work;

static int fail(work *w, int status, const char *message) {
  w->outcome.status = status;
  // What libtiff said first is nearest to the cause.
  if (w->outcome.message[0] == 0) snprintf(w->outcome.message, sizeof w->outcome.message, "%s", message);
  return 0;
}

static int failed(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)module;
  work *w = user;
  if (w->outcome.message[0] == 0) vsnprintf(w->outcome.message, sizeof w->outcome.message, format, arguments);
  return 1;
}

static int warned(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)user, (void)module, (void)format, (void)arguments;
  return 1;
}

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t count) {
  work *w = handle;
  size_t left = w->position < w->count ? w->count - w->position : 0;
  if (count < 0) return -1;
  if ((size_t)count > left) {
    w->is_past_end = 1;
    count = (tmsize_t)left;
  }
  if (count > 0) memcpy(to, w->input + w->position, (size_t)count);
  w->position += (size_t)count;
  return count;
}

static tmsize_t write_bytes(thandle_t handle, void *from, tmsize_t count) {
  (void)handle, (void)from, (void)count;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  work *w = handle;
  if (whence == SEEK_SET) w->position = offset;
  else if (whence == SEEK_CUR) w->position += offset;
  else w->position = w->count + offset;
  return w->position;
}

static int close_file(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of_file(thandle_t handle) { return ((work *)handle)->count; }

/// Takes a sample as it is stored to its place among the pixels.
static void store(work *w, uint32_t x, uint32_t y, int sample, unsigned value) {
  size_t channels = w->layout == CTIFF_RGB ? 3 : 4;
  size_t at = ((size_t)y * w->width + x) * channels;
  int is_gray = w->photometric == PHOTOMETRIC_MINISBLACK || w->photometric == PHOTOMETRIC_MINISWHITE;
  unsigned most = w->bits == 16 ? 0xffff : 0xff;
  if (sample == w->alpha) {
    if (w->layout != CTIFF_RGBA) return;
    sample = 3;
    is_gray = 0;
  } else if (sample >= (is_gray ? 1 : w->layout == CTIFF_CMYK ? 4 : 3)) {
    return;
  } else if (w->photometric == PHOTOMETRIC_MINISWHITE || w->layout == CTIFF_CMYK) {
    value = most - value;
  }
  if (w->depth == 8 && w->bits == 16) value >>= 8;
  for (int copy = 0; copy < (is_gray ? 3 : 1); copy += 1) {
    if (w->depth == 16) ((uint16_t *)w->pixels)[at + (size_t)sample + (size_t)copy] = (uint16_t)value;
    else ((uint8_t *)w->pixels)[at + (size_t)sample + (size_t)copy] = (uint8_t)value;
  }
}

/// Divides colors by their alpha.
static void unmultiply(work *w) {
  size_t count = (size_t)w->width * w->height;
  unsigned most = w->depth == 16 ? 0xffff : 0xff;
  for (size_t pixel = 0; pixel < count; pixel += 1) {
    for (size_t channel = 0; channel < 3; channel += 1) {
      uint8_t *bytes = w->pixels;
      uint16_t *words = w->pixels;
      size_t at = pixel * 4;
      unsigned alpha = w->depth == 16 ? words[at + 3] : bytes[at + 3];
      unsigned value = w->depth == 16 ? words[at + channel] : bytes[at + channel];
      if (alpha == 0 || alpha == most) continue;
      uint64_t whole = ((uint64_t)value * most + alpha / 2) / alpha;
      value = whole > most ? most : (unsigned)whole;
      if (w->depth == 16) words[at + channel] = (uint16_t)value;
      else bytes[at + channel] = (uint8_t)value;
    }
  }
}

/// Reads 8 or 16 bits of gray, RGB or inks, strip by strip or tile by tile.
static int read_samples(work *w, TIFF *tiff) {
  uint32_t across = w->width, down = w->height;
  int is_tiled = TIFFIsTiled(tiff);
  if (is_tiled) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &across);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &down);
  } else {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &down);
    if (down > w->height) down = w->height;
  }
  if (across == 0 || down == 0) return fail(w, CTIFF_CORRUPT, "a tile without pixels");
  tmsize_t size = is_tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
  int planes = w->planar == PLANARCONFIG_SEPARATE ? w->samples : 1;
  int each = planes > 1 ? 1 : w->samples;
  size_t bytes_of_pixel = (size_t)each * (w->bits / 8);
  if (size <= 0) return fail(w, CTIFF_CORRUPT, "a strip without pixels");
  if ((size_t)size > w->maximum_memory) return fail(w, CTIFF_LIMIT, "needs more memory to decode than allowed (limits.decoder_memory)");
  if ((uint64_t)across * down * bytes_of_pixel > (uint64_t)size) return fail(w, CTIFF_CORRUPT, "a strip is too short");
  uint64_t columns = (w->width + (uint64_t)across - 1) / across, rows = (w->height + (uint64_t)down - 1) / down;
  // Tiles reach beyond the picture; tiles that are nearly all beyond it cost time for nothing.
  if (columns * across * rows * down > (64u << 20) + 4 * (uint64_t)w->width * w->height)
    return fail(w, CTIFF_LIMIT, "has tiles that are far larger than the picture; save it again");
  uint8_t *buffer = calloc(1, (size_t)size);
  if (buffer == NULL) return fail(w, CTIFF_MEMORY, "no memory");
  for (int plane = 0; plane < planes; plane += 1) {
    if (plane > 0 && plane != w->alpha && plane >= 4) continue;
    for (uint64_t row = 0; row < rows; row += 1) {
      for (uint64_t column = 0; column < columns; column += 1) {
        uint32_t x0 = (uint32_t)(column * across), y0 = (uint32_t)(row * down);
        uint32_t wide = w->width - x0 < across ? w->width - x0 : across;
        uint32_t high = w->height - y0 < down ? w->height - y0 : down;
        tmsize_t got = is_tiled
          ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, x0, y0, 0, (uint16_t)plane), buffer, size)
          : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y0, (uint16_t)plane), buffer, size);
        uint64_t needed = ((uint64_t)(high - 1) * across + wide) * bytes_of_pixel;
        if (got < 0 || (uint64_t)got < needed) {
          free(buffer);
          return fail(w, CTIFF_CORRUPT, "a part of the picture cannot be read");
        }
        for (uint32_t y = 0; y < high; y += 1)
          for (uint32_t x = 0; x < wide; x += 1) {
            const uint8_t *pixel = buffer + ((size_t)y * across + x) * bytes_of_pixel;
            for (int sample = 0; sample < each; sample += 1) {
              unsigned value = w->bits == 16 ? ((const uint16_t *)(const void *)pixel)[sample] : pixel[sample];
              store(w, x0 + x, y0 + y, planes > 1 ? plane : sample, value);
            }
          }
      }
    }
  }
  free(buffer);
  return 1;
}

/// Lets libtiff convert what else there is: palettes, few bits, YCbCr, Lab.
static int read_converted(work *w, TIFF *tiff) {
  char message[1024] = "";
  if (w->layout == CTIFF_CMYK || w->depth != 8) return fail(w, CTIFF_CORRUPT, "the header changed while it was read");
  if (!TIFFRGBAImageOK(tiff, message)) return fail(w, CTIFF_UNSUPPORTED, message);
  size_t count = (size_t)w->width * w->height;
  if (count > w->maximum_memory / 4) return fail(w, CTIFF_LIMIT, "needs more memory to decode than allowed (limits.decoder_memory)");
  // As it is stored: who calls turns it.
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  uint32_t *raster = calloc(count, 4);
  if (raster == NULL) return fail(w, CTIFF_MEMORY, "no memory");
  if (!TIFFReadRGBAImageOriented(tiff, w->width, w->height, raster, ORIENTATION_TOPLEFT, 1)) {
    free(raster);
    return fail(w, CTIFF_CORRUPT, "the picture cannot be read");
  }
  uint8_t *to = w->pixels;
  size_t channels = w->layout == CTIFF_RGBA ? 4 : 3;
  for (size_t pixel = 0; pixel < count; pixel += 1, to += channels) {
    to[0] = (uint8_t)TIFFGetR(raster[pixel]);
    to[1] = (uint8_t)TIFFGetG(raster[pixel]);
    to[2] = (uint8_t)TIFFGetB(raster[pixel]);
    if (channels == 4) to[3] = (uint8_t)TIFFGetA(raster[pixel]);
  }
  free(raster);
  // libtiff has multiplied what was not.
  w->is_multiplied = 1;
  return 1;
}

static int decode(work *w, TIFF *tiff) {
  uint32_t width = 0, height = 0;
  uint16_t format = SAMPLEFORMAT_UINT, inks = INKSET_CMYK, extra_count = 0, *extras = NULL;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  if (width != w->width || height != w->height) return fail(w, CTIFF_CORRUPT, "the header changed while it was read");
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &w->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &w->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &w->planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_INKSET, &inks);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extras);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &w->photometric)) w->photometric = w->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  int is_gray = w->photometric == PHOTOMETRIC_MINISBLACK || w->photometric == PHOTOMETRIC_MINISWHITE;
  int base = is_gray || w->photometric == PHOTOMETRIC_PALETTE ? 1 : w->photometric == PHOTOMETRIC_SEPARATED ? 4 : 3;
  w->alpha = -1;
  if (extra_count > 0 && extras[0] != EXTRASAMPLE_UNSPECIFIED && w->samples > base) {
    w->alpha = base;
    w->is_multiplied = extras[0] == EXTRASAMPLE_ASSOCALPHA;
  }
  int is_plain = is_gray || w->photometric == PHOTOMETRIC_RGB ||
                 (w->photometric == PHOTOMETRIC_SEPARATED && inks == INKSET_CMYK);
  int is_usual = (w->bits == 8 || w->bits == 16) && format == SAMPLEFORMAT_UINT && w->samples >= base && w->samples <= 32;
  if ((w->photometric == PHOTOMETRIC_SEPARATED) != (w->layout == CTIFF_CMYK) || (w->depth == 16 && w->bits != 16))
    return fail(w, CTIFF_UNSUPPORTED, "inks or bits that are not usual");
  if (is_plain && is_usual) {
    if (w->layout == CTIFF_RGBA && w->alpha < 0) return fail(w, CTIFF_CORRUPT, "the header changed while it was read");
    if (!read_samples(w, tiff)) return 0;
  } else if (!read_converted(w, tiff)) {
    return 0;
  }
  if (w->layout == CTIFF_RGBA && w->is_multiplied) unmultiply(w);
  return 1;
}

ctiff_outcome ctiff_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int layout, int depth,
                           size_t maximum_memory, void *pixels) {
  work w = {.input = bytes, .count = count, .width = width, .height = height, .layout = layout, .depth = depth,
            .maximum_memory = maximum_memory, .pixels = pixels};
  memset(pixels, 0, (size_t)width * height * (layout == CTIFF_RGB ? 3 : 4) * (size_t)(depth / 8));
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) {
    fail(&w, CTIFF_MEMORY, "no memory");
    return w.outcome;
  }
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)maximum_memory);
  TIFFOpenOptionsSetErrorHandlerExtR(options, failed, &w);
  TIFFOpenOptionsSetWarningHandlerExtR(options, warned, NULL);
  // Without m the file is not mapped but read, so that its end is seen.
  TIFF *tiff = TIFFClientOpenExt("picture", "rm", &w, read_bytes, write_bytes, seek, close_file, size_of_file, NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  if (tiff == NULL) {
    fail(&w, CTIFF_CORRUPT, "the header cannot be read");
  } else {
    if (decode(&w, tiff)) w.outcome.message[0] = 0;
    TIFFClose(tiff);
  }
  if (w.outcome.status == CTIFF_CORRUPT && w.is_past_end) w.outcome.status = CTIFF_TRUNCATED;
  return w.outcome;
}
