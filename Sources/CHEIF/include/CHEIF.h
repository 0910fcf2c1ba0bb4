#pragma once

#include <libheif/heif.h>

// libheif, loaded when the first HEIC or AVIF is decoded: with its codecs it takes 3 ms to load, which the decoder's process
// of every other picture would pay too. Each function is libheif's of the same name; none may be called before
// `cheif_load` has returned 0.

/// Loads the library and its codecs. Returns 0, or -1 where there is none.
int cheif_load(void);

struct heif_context *cheif_context_alloc(void);
void cheif_context_free(struct heif_context *context);
void cheif_context_set_max_decoding_threads(struct heif_context *context, int count);
void cheif_context_set_maximum_image_size_limit(struct heif_context *context, int side);
struct heif_error cheif_context_read_from_memory_without_copy(struct heif_context *context, const void *bytes, size_t count);
struct heif_error cheif_context_get_primary_image_handle(struct heif_context *context, struct heif_image_handle **handle);
int cheif_image_handle_get_luma_bits_per_pixel(const struct heif_image_handle *handle);
int cheif_image_handle_is_premultiplied_alpha(const struct heif_image_handle *handle);
void cheif_image_handle_release(const struct heif_image_handle *handle);
struct heif_decoding_options *cheif_decoding_options_alloc(void);
void cheif_decoding_options_free(struct heif_decoding_options *options);
struct heif_error cheif_decode_image(const struct heif_image_handle *handle, struct heif_image **image,
                                     enum heif_colorspace colors, enum heif_chroma chroma,
                                     const struct heif_decoding_options *options);
int cheif_image_get_decoding_warnings(struct heif_image *image, int first, struct heif_error *warnings, int count);
int cheif_image_get_width(const struct heif_image *image, enum heif_channel channel);
int cheif_image_get_height(const struct heif_image *image, enum heif_channel channel);
const uint8_t *cheif_image_get_plane_readonly(const struct heif_image *image, enum heif_channel channel, int *stride);
int cheif_image_get_bits_per_pixel_range(const struct heif_image *image, enum heif_channel channel);
void cheif_image_release(const struct heif_image *image);
