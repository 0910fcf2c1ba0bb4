#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr errors;  // First, so that a pointer to it is one to `work`.
  struct jpeg_source_mgr source;
  jmp_buf escape;
  cjpeg_outcome outcome;
  // Whether the input was read to its end without an end marker.
  int is_at_end;
  // Whether every pixel is known, so that what is wrong now is wrong behind the picture.
  int is_complete;
  // Of a picture in several scans: how many bytes hold all of it, 0 until that is known.
  size_t all_scans;
} work;

/// Who is told of finished rows.
typedef struct {
  void (*finished)(void *context, uint32_t rows);
  void *context;
} listener;

_Noreturn static void stop(work *w, int status, const char *message) {
  w->outcome.status = status;
  snprintf(w->outcome.message, sizeof w->outcome.message, "%s", message);
  longjmp(w->escape, 1);
}

_Noreturn static void stop_behind_picture(work *w, const char *message) {
  // Damage in the picture is the more important news.
  if (w->errors.num_warnings > 0) longjmp(w->escape, 1);
  w->outcome.is_end_damaged = 1;
  stop(w, CJPEG_OK, message);
}

static void failed(j_common_ptr common) {
  work *w = (work *)common->err;
  char message[JMSG_LENGTH_MAX];
  common->err->format_message(common, message);
  if (w->is_complete) stop_behind_picture(w, message);
  if (w->is_at_end) stop(w, CJPEG_TRUNCATED, message);
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
  // Where bits are missing that a pixel needs, it is not only the end marker.
  if (w->is_at_end && !w->is_complete) stop(w, CJPEG_TRUNCATED, "the file ends too early");
  if (w->is_at_end || (w->is_complete && common->err->num_warnings > 0)) return;
  if (w->is_complete) w->outcome.is_end_damaged = 1;
  if (common->err->num_warnings == 0) {
    char message[JMSG_LENGTH_MAX];
    common->err->format_message(common, message);
    snprintf(w->outcome.message, sizeof w->outcome.message, "%s", message);
  }
  common->err->num_warnings += 1;
}

static void printed(j_common_ptr common) { (void)common; }

static void started(j_decompress_ptr jpeg) { (void)jpeg; }

/// Gives an end marker where there is none, as often as it is asked for.
static boolean filled(j_decompress_ptr jpeg) {
  static const JOCTET end[] = {0xff, JPEG_EOI};
  work *w = (work *)jpeg->err;
  // Arithmetic decoding reads zeros past its end without a word: what is missing there cannot be told.
  if (jpeg->arith_code && !w->is_complete) stop(w, CJPEG_TRUNCATED, "the file ends too early");
  w->is_at_end = 1;
  jpeg->src->next_input_byte = end;
  jpeg->src->bytes_in_buffer = sizeof end;
  return TRUE;
}

static void skipped(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((size_t)count > jpeg->src->bytes_in_buffer) {
    work *w = (work *)jpeg->err;
    if (w->is_complete) stop_behind_picture(w, "a segment is cut");
    stop(w, CJPEG_TRUNCATED, "the file ends too early");
  }
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

/// Whether the scans read so far hold every bit of every component.
static int has_all_scans(j_decompress_ptr jpeg) {
  for (int c = 0; c < jpeg->num_components; c += 1) {
    // A component's table is fixed when its first scan begins.
    if (jpeg->comp_info[c].quant_table == NULL) return 0;
    for (int i = 0; jpeg->progressive_mode && i < DCTSIZE2; i += 1)
      if (jpeg->coef_bits[c][i] != 0) return 0;
  }
  return 1;
}

/// Reads every scan, up to the end marker.
static void read_scans(work *w, j_decompress_ptr jpeg, size_t count, int maximum_scans) {
  for (int result; (result = jpeg_consume_input(jpeg)) != JPEG_REACHED_EOI;) {
    if (jpeg->input_scan_number > maximum_scans) stop(w, CJPEG_LIMIT, "has more scans than allowed (limits.scans)");
    if (result != JPEG_SCAN_COMPLETED || w->all_scans > 0 || !has_all_scans(jpeg)) continue;
    // A marker that was read already is not part of the scan.
    w->all_scans = w->is_at_end ? count : count - jpeg->src->bytes_in_buffer - (jpeg->unread_marker != 0 ? 2 : 0);
  }
  if (w->is_at_end && w->all_scans == 0) stop(w, CJPEG_TRUNCATED, "the file ends too early");
}

static void read_rows(j_decompress_ptr jpeg, int channels, uint8_t *pixels, listener to) {
  size_t stride = (size_t)jpeg->image_width * (size_t)channels;
  while (jpeg->output_scanline < jpeg->image_height) {
    uint8_t *row = pixels + jpeg->output_scanline * stride;
    jpeg_read_scanlines(jpeg, &row, 1);
    if (to.finished != NULL) to.finished(to.context, jpeg->output_scanline);
  }
}

static cjpeg_outcome decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int channels,
                            int maximum_scans, long maximum_memory, uint8_t *pixels, listener to, size_t *all_scans) {
  struct jpeg_decompress_struct jpeg;
  work w = {0};
  memset(&jpeg, 0, sizeof jpeg);
  jpeg.err = jpeg_std_error(&w.errors);
  w.errors.error_exit = failed;
  w.errors.emit_message = emitted;
  w.errors.output_message = printed;
  if (setjmp(w.escape) != 0) {
    jpeg_destroy_decompress(&jpeg);
    *all_scans = w.all_scans;
    return w.outcome;
  }
  jpeg_create_decompress(&jpeg);
  jpeg.mem->max_memory_to_use = maximum_memory;
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
  if (four != (channels == 4)) stop(&w, CJPEG_CORRUPT, "has two frame headers that differ");
  jpeg.out_color_space = four ? JCS_CMYK : JCS_RGB;
  jpeg.buffered_image = jpeg_has_multiple_scans(&jpeg);
  jpeg_start_decompress(&jpeg);
  if (jpeg.buffered_image) {
    read_scans(&w, &jpeg, count, maximum_scans);
    jpeg_start_output(&jpeg, jpeg.input_scan_number);
  }
  read_rows(&jpeg, channels, pixels, to);
  w.is_complete = 1;
  if (jpeg.buffered_image) jpeg_finish_output(&jpeg);
  jpeg_finish_decompress(&jpeg);
  if (w.is_at_end) stop_behind_picture(&w, "there is no end marker");
  jpeg_destroy_decompress(&jpeg);
  return w.outcome;
}

cjpeg_outcome cjpeg_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int channels,
                           int maximum_scans, long maximum_memory, uint8_t *pixels,
                           void (*finished)(void *context, uint32_t rows), void *context) {
  listener to = {finished, context};
  size_t all_scans = 0;
  cjpeg_outcome first =
      decode(bytes, count, width, height, channels, maximum_scans, maximum_memory, pixels, to, &all_scans);
  int is_damaged = first.status == CJPEG_TRUNCATED || first.status == CJPEG_CORRUPT || first.status == CJPEG_UNSUPPORTED;
  if (!is_damaged || all_scans == 0 || all_scans >= count) return first;
  // What stopped it stands behind the last scan. Begun anew, for libjpeg may have taken over a part of it.
  cjpeg_outcome second =
      decode(bytes, all_scans, width, height, channels, maximum_scans, maximum_memory, pixels, to, &all_scans);
  if (second.status != CJPEG_OK) return first;
  if (second.is_end_damaged) memcpy(second.message, first.message, sizeof first.message);
  return second;
}
