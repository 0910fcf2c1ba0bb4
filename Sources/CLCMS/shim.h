#pragma once
#include <lcms2.h>

// The formats are macros of macros, which Swift does not see. Gray pixels are stored as three or four equal channels:
// the first counts, the others are extra.
enum {
  CLCMS_RGB_8 = TYPE_RGB_8,
  CLCMS_RGBA_8 = TYPE_RGBA_8,
  CLCMS_RGB_16 = TYPE_RGB_16,
  CLCMS_RGBA_16 = TYPE_RGBA_16,
  CLCMS_CMYK_8_REVERSED = TYPE_CMYK_8_REV,
  CLCMS_GRAY_OF_RGB_8 = COLORSPACE_SH(PT_GRAY) | EXTRA_SH(2) | CHANNELS_SH(1) | BYTES_SH(1),
  CLCMS_GRAY_OF_RGBA_8 = COLORSPACE_SH(PT_GRAY) | EXTRA_SH(3) | CHANNELS_SH(1) | BYTES_SH(1),
  CLCMS_GRAY_OF_RGB_16 = COLORSPACE_SH(PT_GRAY) | EXTRA_SH(2) | CHANNELS_SH(1) | BYTES_SH(2),
  CLCMS_GRAY_OF_RGBA_16 = COLORSPACE_SH(PT_GRAY) | EXTRA_SH(3) | CHANNELS_SH(1) | BYTES_SH(2),
};
