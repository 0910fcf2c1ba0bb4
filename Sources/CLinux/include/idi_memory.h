#pragma once

/// Blocks of this size and more are given back to the system when they are freed.
void idi_return_blocks_from(int bytes);
