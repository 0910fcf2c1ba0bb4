#pragma once

/// fsync(2) of several files at the same time, from threads that end before this returns: the file system then pays for
/// one journal commit and one flush of the device rather than for each. `errors` gets 0 or the errno of each.
void idi_sync_all(const int *descriptors, int *errors, int count);
