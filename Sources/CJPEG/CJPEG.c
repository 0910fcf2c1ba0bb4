#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr errors;  // First, so that a pointer to it is one to `work`.
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  cjpeg_outcome outcome;
  int maximum_scans;
} work;

_Noreturn static void stop(work *w, int status, const char *message) {
  w->outcome.status = status;
  snprintf(w->outcome.message, sizeof w->outcome.message, "%s", message);
  longjmp(w->escape, 1);
}

static void failed(j_common_ptr common) {
  work *w = (work *)common->err;
  char message[JMSG_LENGTH_MAX];
  common->err->format_message(common, message);
  switch (common->err->msg_code) {
  case JERR_NO_BACKING_STORE:
    stop(w, CJPEG_LIMIT, "decoding needs more memory than allowed (limits.decoder_memory)");
  case JERR_OUT_OF_MEMORY:
    stop(w, CJPEG_MEMORY, message);
  case JERR_ARITH_NOTIMPL:
  case JERR_BAD_PRECISION:
  case JERR_COMPONENT_COUNT:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_NOT_COMPILED:
  case JERR_SOF_UNSUPPORTED:
    stop(w, CJPEG_UNSUPPORTED, message);
  default:
    stop(w, CJPEG_CORRUPT, message);
  }
}

static void emitted(j_common_ptr common, int level) {
  if (level >= 0) return;
  work *w = (work *)common->err;
  if (common->err->num_warnings == 0) {
    char message[JMSG_LENGTH_MAX];
    common->err->format_message(common, message);
    snprintf(w->outcome.message, sizeof w->outcome.message, "%s", message);
  }
  common->err->num_warnings += 1;
}

static void printed(j_common_ptr common) { (void)common; }

static void started(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean filled(j_decompress_ptr jpeg) {
  stop((work *)jpeg->err, CJPEG_TRUNCATED, "the file ends too early");
  return FALSE;
}

static void skipped(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((size_t)count > jpeg->src->bytes_in_buffer) filled(jpeg);
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void progressed(j_common_ptr common) {
  work *w = (work *)common->err;
  if (((j_decompress_ptr)common)->input_scan_number > w->maximum_scans)
    stop(w, CJPEG_LIMIT, "has more scans than allowed (limits.scans)");
}

/// 255 is no ink, as Adobe writes it; the released loader and browsers read files without Adobe's marker so too.
static void convert_cmyk(const uint8_t *cmyk, uint8_t *rgb, uint32_t width) {
  for (uint32_t x = 0; x < width; x += 1, cmyk += 4, rgb += 3)
    for (int c = 0; c < 3; c += 1) rgb[c] = (uint8_t)((cmyk[c] * cmyk[3] + 127) / 255);
}

cjpeg_outcome cjpeg_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int maximum_scans,
                           long maximum_memory, uint8_t *pixels) {
  struct jpeg_decompress_struct jpeg;
  work w = {.maximum_scans = maximum_scans};
  memset(&jpeg, 0, sizeof jpeg);
  jpeg.err = jpeg_std_error(&w.errors);
  w.errors.error_exit = failed;
  w.errors.emit_message = emitted;
  w.errors.output_message = printed;
  if (setjmp(w.escape) != 0) {
    jpeg_destroy_decompress(&jpeg);
    return w.outcome;
  }
  jpeg_create_decompress(&jpeg);
  jpeg.mem->max_memory_to_use = maximum_memory;
  w.progress.progress_monitor = progressed;
  jpeg.progress = &w.progress;
  w.source = (struct jpeg_source_mgr){.next_input_byte = bytes,
                                      .bytes_in_buffer = count,
                                      .init_source = started,
                                      .fill_input_buffer = filled,
                                      .skip_input_data = skipped,
                                      .resync_to_restart = jpeg_resync_to_restart,
                                      .term_source = started};
  jpeg.src = &w.source;

  jpeg_read_header(&jpeg, TRUE);
  if (jpeg.image_width != width || jpeg.image_height != height)
    stop(&w, CJPEG_CORRUPT, "has two frame headers that differ");
  int four = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  jpeg.out_color_space = four ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  size_t stride = (size_t)width * 3;
  JSAMPARRAY inks = NULL;
  if (four) inks = jpeg.mem->alloc_sarray((j_common_ptr)&jpeg, JPOOL_IMAGE, width * 4, 1);
  while (jpeg.output_scanline < height) {
    uint8_t *row = pixels + jpeg.output_scanline * stride;
    jpeg_read_scanlines(&jpeg, four ? inks : &row, 1);
    if (four) convert_cmyk(inks[0], row, width);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return w.outcome;
}
