// How far a text runs without anything that JSON escapes: the inner loop of the gate and of the writer.
#ifndef XLAD_JSON_PLAIN_H
#define XLAD_JSON_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Number of leading bytes of at[0, n) that are neither '"' nor '\' nor below 0x20 nor, with `ascii`, above 0x7f.
static inline size_t plain_run(const char *at, size_t n, bool ascii) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  const uint64_t highs = ones << 7;
  size_t i = 0;
  // Eight bytes at once; a hit is certain, its place is found by the loop below.
  for (; n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
    uint64_t word;
    memcpy(&word, at + i, sizeof word);
    uint64_t quote = word ^ (ones * '"');
    uint64_t backslash = word ^ (ones * '\\');
    uint64_t hit = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    if (((ascii ? hit | word : hit) & highs) != 0) break;
  }
  for (; i < n; i++) {
    unsigned char c = (unsigned char)at[i];
    if (c < 0x20 || c == '"' || c == '\\' || (ascii && c > 0x7f)) break;
  }
  return i;
}

#endif
