#pragma once
// What Swift's Glibc module hides (`_GNU_SOURCE`, macros, variadic functions). One topic per header; no logic.
#include "idi_command.h"
#include "idi_confine.h"
#include "idi_cpu.h"
#include "idi_events.h"
#include "idi_filesystem.h"
#include "idi_folder.h"
#include "idi_lease.h"
#include "idi_memory.h"
#include "idi_process.h"
#include "idi_rename.h"
#include "idi_sync.h"
