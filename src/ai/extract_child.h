/* The process that reads a hostile file: this program itself, started anew, so that no memory of the server is in it.
 *
 *   /proc/self/exe --extract-child pdf PROGRAM    becomes pdftotext, standard input to standard output
 *   /proc/self/exe --extract-child layout         pdftotext's output to "PAGES\n" and text
 *   /proc/self/exe --extract-child docx           a Word document to "0\n" and text
 *
 * A private way in, no command: it locks itself in (sandbox.h) before it reads a byte. It answers by its exit code alone; what it writes is
 * as little believed as what it read.
 */
#pragma once

#define EXTRACT_CHILD_OPTION "--extract-child"
#define EXTRACT_OUTPUT_MAX ((size_t)2 << 20)

enum extract_exit {
    EXTRACT_EXIT_OK = 0,
    EXTRACT_EXIT_BROKEN = 80,
    EXTRACT_EXIT_TOO_LARGE,
    EXTRACT_EXIT_UNSUPPORTED,
    EXTRACT_EXIT_NO_SANDBOX,
    EXTRACT_EXIT_NO_PROGRAM,
    EXTRACT_EXIT_FAILED
};

/* Called first thing in main. Does not return when the arguments ask for a child; returns at once otherwise. */
void extract_child_main(int argc, char **argv);
