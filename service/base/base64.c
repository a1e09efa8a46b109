// Writes bytes as Base64.
#include "base/base64.h"

size_t base64_write(const uint8_t *bytes, size_t n, char *out) {
  static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *at = out;
  for (size_t i = 0; i < n; i += 3) {
    size_t left = n - i;
    uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    *at++ = DIGITS[three >> 18];
    *at++ = DIGITS[three >> 12 & 63];
    *at++ = left > 1 ? DIGITS[three >> 6 & 63] : '=';
    *at++ = left > 2 ? DIGITS[three & 63] : '=';
  }
  return (size_t)(at - out);
}
