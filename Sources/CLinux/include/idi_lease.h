#pragma once

/// Asks for a read lease (fcntl(2), F_SETLEASE) on a read-only descriptor and gives it back at once.
/// Returns 0 when nobody has the file open for writing; -1 with EAGAIN when somebody has, EACCES where leases are not
/// granted to this process, EINVAL where the file system has none.
int idi_try_read_lease(int descriptor);
