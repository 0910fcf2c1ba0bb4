#include "CHEIF.h"

#include <dlfcn.h>
#include <pthread.h>

// Types of functions come from libheif's header, so that one that changes does not compile.
#define FUNCTIONS(DO)                                                                                                       \
  DO(init) DO(context_alloc) DO(context_free) DO(context_set_max_decoding_threads)                                          \
  DO(context_set_maximum_image_size_limit) DO(context_read_from_memory_without_copy)                                        \
  DO(context_get_primary_image_handle) DO(image_handle_get_luma_bits_per_pixel) DO(image_handle_is_premultiplied_alpha)     \
  DO(image_handle_release) DO(decoding_options_alloc) DO(decoding_options_free) DO(decode_image)                            \
  DO(image_get_decoding_warnings) DO(image_get_width) DO(image_get_height) DO(image_get_plane_readonly)                     \
  DO(image_get_bits_per_pixel_range) DO(image_release)

#define MEMBER(name) __typeof__(&heif_##name) name;
static struct { FUNCTIONS(MEMBER) } library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded = 0;

static void load(void) {
  void *handle = dlopen("libheif.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (!handle) return;
#define FIND(name) \
  if (!(library.name = (__typeof__(library.name))dlsym(handle, "heif_" #name))) return;
  FUNCTIONS(FIND)
  is_loaded = library.init(NULL).code == heif_error_Ok;
}

int cheif_load(void) {
  pthread_once(&once, load);
  return is_loaded ? 0 : -1;
}

struct heif_context *cheif_context_alloc(void) { return library.context_alloc(); }

void cheif_context_free(struct heif_context *context) { library.context_free(context); }

void cheif_context_set_max_decoding_threads(struct heif_context *context, int count) {
  library.context_set_max_decoding_threads(context, count);
}

void cheif_context_set_maximum_image_size_limit(struct heif_context *context, int side) {
  library.context_set_maximum_image_size_limit(context, side);
}

struct heif_error cheif_context_read_from_memory_without_copy(struct heif_context *context, const void *bytes, size_t count) {
  return library.context_read_from_memory_without_copy(context, bytes, count, NULL);
}

struct heif_error cheif_context_get_primary_image_handle(struct heif_context *context, struct heif_image_handle **handle) {
  return library.context_get_primary_image_handle(context, handle);
}

int cheif_image_handle_get_luma_bits_per_pixel(const struct heif_image_handle *handle) {
  return library.image_handle_get_luma_bits_per_pixel(handle);
}

int cheif_image_handle_is_premultiplied_alpha(const struct heif_image_handle *handle) {
  return library.image_handle_is_premultiplied_alpha(handle);
}

void cheif_image_handle_release(const struct heif_image_handle *handle) { library.image_handle_release(handle); }

struct heif_decoding_options *cheif_decoding_options_alloc(void) { return library.decoding_options_alloc(); }

void cheif_decoding_options_free(struct heif_decoding_options *options) { library.decoding_options_free(options); }

struct heif_error cheif_decode_image(const struct heif_image_handle *handle, struct heif_image **image,
                                     enum heif_colorspace colors, enum heif_chroma chroma,
                                     const struct heif_decoding_options *options) {
  return library.decode_image(handle, image, colors, chroma, options);
}

int cheif_image_get_decoding_warnings(struct heif_image *image, int first, struct heif_error *warnings, int count) {
  return library.image_get_decoding_warnings(image, first, warnings, count);
}

int cheif_image_get_width(const struct heif_image *image, enum heif_channel channel) {
  return library.image_get_width(image, channel);
}

int cheif_image_get_height(const struct heif_image *image, enum heif_channel channel) {
  return library.image_get_height(image, channel);
}

const uint8_t *cheif_image_get_plane_readonly(const struct heif_image *image, enum heif_channel channel, int *stride) {
  return library.image_get_plane_readonly(image, channel, stride);
}

int cheif_image_get_bits_per_pixel_range(const struct heif_image *image, enum heif_channel channel) {
  return library.image_get_bits_per_pixel_range(image, channel);
}

void cheif_image_release(const struct heif_image *image) { library.image_release(image); }
