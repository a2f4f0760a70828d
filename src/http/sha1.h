/* SHA-1 (FIPS 180-4): only for the WebSocket handshake, where it proves that the server speaks the protocol and no secret rests on it. */
#pragma once
#include "base/str.h"

void sha1(struct str input, unsigned char digest[20]);
