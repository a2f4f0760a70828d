/* A test program that reads files is its own reader, as the real program is: include this once. */
#pragma once
#include "ai/extract_child.h"

__attribute__((constructor)) static void become_extract_child(int argc, char **argv, char **environment)
{
    (void)environment;
    extract_child_main(argc, argv);
}
