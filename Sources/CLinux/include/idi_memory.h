#pragma once

/// mallopt(3): blocks of this size and more are given back to the system when they are freed, and all threads share two arenas.
void idi_return_blocks_from(int bytes);
