#pragma once
#include "idi_cpu.h"
