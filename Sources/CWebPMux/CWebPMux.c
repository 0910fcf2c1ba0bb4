#include "CWebPMux.h"

#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>
#include <webp/mux.h>

int cwebpmux_encode(const uint8_t *pixels, int width, int height, int channels, float quality, uint8_t **bytes, size_t *count) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  if (!WebPConfigPreset(&config, WEBP_PRESET_PHOTO, quality) || !WebPPictureInit(&picture)) return CWEBPMUX_FAILED;
  // The same bytes whatever the machine does beside it.
  config.thread_level = 0;
  picture.width = width;
  picture.height = height;
  picture.use_argb = 0;
  int imported = channels == 4 ? WebPPictureImportRGBA(&picture, pixels, width * 4) : WebPPictureImportRGB(&picture, pixels, width * 3);
  if (!imported) {
    WebPPictureFree(&picture);
    return CWEBPMUX_MEMORY;
  }
  WebPMemoryWriterInit(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  int encoded = WebPEncode(&config, &picture), error = picture.error_code;
  WebPPictureFree(&picture);
  if (!encoded) {
    WebPMemoryWriterClear(&writer);
    return error == VP8_ENC_ERROR_OUT_OF_MEMORY || error == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY ? CWEBPMUX_MEMORY : CWEBPMUX_FAILED;
  }
  *bytes = writer.mem;
  *count = writer.size;
  return CWEBPMUX_OK;
}

int cwebpmux_animate(const uint8_t *frames, const size_t *sizes, const int *milliseconds, size_t frame_count,
                     const uint8_t *exif, size_t exif_size, uint8_t **bytes, size_t *count) {
  WebPMux *mux = WebPMuxNew();
  if (mux == NULL) return CWEBPMUX_MEMORY;
  WebPMuxError error = WEBP_MUX_OK;
  for (size_t i = 0; i < frame_count && error == WEBP_MUX_OK; i += 1) {
    WebPMuxFrameInfo frame = {.bitstream = {frames, sizes[i]}, .duration = milliseconds[i], .id = WEBP_CHUNK_ANMF,
                              .dispose_method = WEBP_MUX_DISPOSE_BACKGROUND, .blend_method = WEBP_MUX_NO_BLEND};
    error = WebPMuxPushFrame(mux, &frame, 0);
    frames += sizes[i];
  }
  WebPMuxAnimParams parameters = {.bgcolor = 0, .loop_count = 0};
  if (error == WEBP_MUX_OK) error = WebPMuxSetAnimationParams(mux, &parameters);
  const WebPData metadata = {exif, exif_size};
  if (error == WEBP_MUX_OK && exif_size > 0) error = WebPMuxSetChunk(mux, "EXIF", &metadata, 0);
  WebPData assembled;
  WebPDataInit(&assembled);
  if (error == WEBP_MUX_OK) error = WebPMuxAssemble(mux, &assembled);
  WebPMuxDelete(mux);
  if (error != WEBP_MUX_OK) return error == WEBP_MUX_MEMORY_ERROR ? CWEBPMUX_MEMORY : CWEBPMUX_FAILED;
  *bytes = (uint8_t *)assembled.bytes;
  *count = assembled.size;
  return CWEBPMUX_OK;
}

void cwebpmux_free(uint8_t *bytes) { WebPFree(bytes); }
