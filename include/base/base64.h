// Base64 with padding, by RFC 4648 section 4.
#ifndef XLAD_BASE_BASE64_H
#define XLAD_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#define BASE64_CHARS(bytes) (((bytes) + 2) / 3 * 4)

// Writes BASE64_CHARS(n) characters, no NUL; returns how many.
size_t base64_write(const uint8_t *bytes, size_t n, char *out);

#endif
