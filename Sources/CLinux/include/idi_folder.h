#pragma once

/// An open folder stream (opendir(3)); opaque to Swift.
typedef struct idi_folder idi_folder;

/// Opens a stream of the folder's entries on a descriptor of its own. NULL with errno on failure.
idi_folder *idi_folder_open(int folder);
/// Writes the next name to `name` (at most 255 bytes) and returns its length; 0 at the end, -1 with errno on failure.
int idi_folder_next(idi_folder *stream, unsigned char name[256]);
int idi_folder_close(idi_folder *stream);
