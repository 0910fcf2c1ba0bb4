#pragma once

/// prctl(2): no privileges from what is executed, no dump, and the end of this process with the thread that made it.
/// Returns 0, or -1 with errno.
int idi_give_up_rights(void);

/// A seccomp(2) filter for the rest of the process's life: memory that is not executable, writing into the descriptor
/// `output`, and the end. Every other call fails with EPERM; a call of another architecture kills.
/// Returns 0, or -1 with errno.
int idi_allow_few_calls(int output);
