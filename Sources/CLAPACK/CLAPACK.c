#include "CLAPACK.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Fortran's calling convention, with the lengths of texts behind the arguments.
typedef void gemm_function(const char *, const char *, const int *, const int *, const int *, const double *, const double *,
                           const int *, const double *, const int *, const double *, double *, const int *, size_t, size_t);
typedef void syevd_function(const char *, const char *, const int *, double *, const int *, double *, double *, const int *,
                            int *, const int *, int *, size_t, size_t);
typedef void gesdd_function(const char *, const int *, const int *, double *, const int *, double *, double *, const int *,
                            double *, const int *, double *, const int *, int *, int *, size_t);
typedef void geqrf_function(const int *, const int *, double *, const int *, double *, double *, const int *, int *);
typedef void orgqr_function(const int *, const int *, const int *, double *, const int *, const double *, double *, const int *,
                            int *);

static struct {
  gemm_function *gemm;
  syevd_function *syevd;
  gesdd_function *gesdd;
  geqrf_function *geqrf;
  orgqr_function *orgqr;
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded = 0;

static void load(void) {
  // OpenBLAS where there is one; else whatever the system has, which brings its BLAS along.
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "liblapack.so.3", "liblapack.so"};
  void *handle = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !handle; i++) handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
  library.gemm = (gemm_function *)dlsym(handle, "dgemm_");
  library.syevd = (syevd_function *)dlsym(handle, "dsyevd_");
  library.gesdd = (gesdd_function *)dlsym(handle, "dgesdd_");
  library.geqrf = (geqrf_function *)dlsym(handle, "dgeqrf_");
  library.orgqr = (orgqr_function *)dlsym(handle, "dorgqr_");
  // One thread: a sum's order, and so its last bits, must not depend on the machine's cores.
  void (*set_threads)(int) = (void (*)(int))dlsym(handle, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  is_loaded = library.gemm && library.syevd && library.gesdd && library.geqrf && library.orgqr;
}

int clapack_load(void) {
  pthread_once(&once, load);
  return is_loaded ? 0 : -1;
}

int clapack_product(int transposes_a, int transposes_b, int m, int n, int inner, const double *a, const double *b, double *c) {
  if (clapack_load()) return CLAPACK_NO_LIBRARY;
  if (m == 0 || n == 0) return 0;
  if (inner == 0) {
    memset(c, 0, sizeof *c * (size_t)m * (size_t)n);
    return 0;
  }
  const double one = 1, zero = 0;
  library.gemm(transposes_a ? "T" : "N", transposes_b ? "T" : "N", &m, &n, &inner, &one, a, transposes_a ? &inner : &m, b,
               transposes_b ? &n : &inner, &zero, c, &m, 1, 1);
  return 0;
}

int clapack_eigen(int wants_vectors, int n, double *a, double *values) {
  if (clapack_load()) return CLAPACK_NO_LIBRARY;
  if (n == 0) return 0;
  const char *job = wants_vectors ? "V" : "N";
  int info = 0, ask = -1, whole_size = 0;
  double size = 0;
  library.syevd(job, "L", &n, a, &n, values, &size, &ask, &whole_size, &ask, &info, 1, 1);
  if (info) return info;
  int count = (int)size;
  double *work = malloc(sizeof *work * (size_t)count);
  int *whole = malloc(sizeof *whole * (size_t)whole_size);
  if (work && whole) {
    library.syevd(job, "L", &n, a, &n, values, work, &count, whole, &whole_size, &info, 1, 1);
  } else {
    info = CLAPACK_NO_MEMORY;
  }
  free(work);
  free(whole);
  return info;
}

int clapack_singular_values(int m, int n, double *a, double *values) {
  if (clapack_load()) return CLAPACK_NO_LIBRARY;
  int least = m < n ? m : n, info = 0, ask = -1, one = 1;
  if (least == 0) return 0;
  double size = 0, none = 0;
  int *whole = malloc(sizeof *whole * 8 * (size_t)least);
  if (!whole) return CLAPACK_NO_MEMORY;
  library.gesdd("N", &m, &n, a, &m, values, &none, &one, &none, &one, &size, &ask, whole, &info, 1);
  if (!info) {
    int count = (int)size;
    double *work = malloc(sizeof *work * (size_t)count);
    if (work) {
      library.gesdd("N", &m, &n, a, &m, values, &none, &one, &none, &one, work, &count, whole, &info, 1);
    } else {
      info = CLAPACK_NO_MEMORY;
    }
    free(work);
  }
  free(whole);
  return info;
}

int clapack_qr(int m, int n, double *a, double *r) {
  if (clapack_load()) return CLAPACK_NO_LIBRARY;
  if (n == 0) return 0;
  int info = 0, ask = -1;
  double size = 0, other = 0, unused = 0;
  library.geqrf(&m, &n, a, &m, &unused, &size, &ask, &info);
  if (!info) library.orgqr(&m, &n, &n, a, &m, &unused, &other, &ask, &info);
  if (info) return info;
  int count = (int)(size > other ? size : other);
  double *work = malloc(sizeof *work * (size_t)count), *factors = malloc(sizeof *factors * (size_t)n);
  if (work && factors) {
    library.geqrf(&m, &n, a, &m, factors, work, &count, &info);
    for (int column = 0; column < n; column++) {
      for (int row = 0; row < n; row++) {
        r[(size_t)column * (size_t)n + (size_t)row] = row <= column ? a[(size_t)column * (size_t)m + (size_t)row] : 0;
      }
    }
    if (!info) library.orgqr(&m, &n, &n, a, &m, factors, work, &count, &info);
  } else {
    info = CLAPACK_NO_MEMORY;
  }
  free(work);
  free(factors);
  return info;
}
