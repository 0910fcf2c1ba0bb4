#pragma once

// LAPACK and BLAS, found when they are first needed: the service, which never needs them, then starts none of the
// library's threads and maps none of its memory. All matrices are column-major doubles without gaps.

/// Loads the library, on one thread. Returns 0, or -1 where there is none. Any thread may call it, at any time.
int clapack_load(void);

/// What each function below returns when there is no library, or no memory for its work.
enum { CLAPACK_NO_LIBRARY = -1000, CLAPACK_NO_MEMORY = -1001 };

// Other results are LAPACK's `info`: 0 when all is well.

/// c (m × n) = op(a) · op(b) with `inner` terms each; a is m × inner, or inner × m when it is transposed.
int clapack_product(int transposes_a, int transposes_b, int m, int n, int inner, const double *a, const double *b, double *c);

/// Eigenvalues, ascending, of a symmetric matrix (dsyevd). Its columns become the eigenvectors where they are wanted.
int clapack_eigen(int wants_vectors, int n, double *a, double *values);

/// Singular values, descending (dgesdd). The matrix is destroyed.
int clapack_singular_values(int m, int n, double *a, double *values);

/// Factors an m × n matrix, m ≥ n, in place: columns become an orthonormal basis; r (n × n) the upper triangle.
int clapack_qr(int m, int n, double *a, double *r);
