/* SipHash-2-4 (Aumasson, Bernstein, 2012): a keyed pseudorandom function of 64 bits. */
#pragma once
#include "base/str.h"

uint64_t siphash(const uint64_t key[2], struct str s);
