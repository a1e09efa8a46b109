// Reads Accept-Encoding.
#include "http/encoding.h"

#include <strings.h>

#include "base/limits.h"

enum { WEIGHT_DECIMALS = 3, WEIGHT_MAX = 1000, UNSAID = -1 };

// Weights in thousandths.
struct weights {
  int64_t gzip, plain, other;
};

static bool is_named(struct text a, const char *name) {
  struct text known = text_of(name);
  return a.length == known.length && strncasecmp(a.at, known.at, known.length) == 0;
}

// Of what stands behind a coding: ";q=0.5", the only parameter there is. Malformed: 0.
static int64_t weight_read(struct text parameter) {
  int64_t weight = 0;
  if (!parameter.at) return WEIGHT_MAX;
  struct text value = text_trimmed(parameter), name = text_cut(&value, '=');
  if (!is_named(name, "q") || !value.at) return 0;
  if (value.length == 2 && value.at[1] == '.') value.length = 1;
  return text_to_decimal(value, WEIGHT_DECIMALS, &weight) && weight >= 0 && weight <= WEIGHT_MAX ? weight : 0;
}

static struct weights weights_read(struct text accepted) {
  struct weights weights = {UNSAID, UNSAID, UNSAID};
  while (accepted.at) {
    struct text parameter = text_cut(&accepted, ','), coding = text_trimmed(text_cut(&parameter, ';'));
    int64_t weight = weight_read(parameter);
    if (is_named(coding, "gzip") || is_named(coding, "x-gzip")) weights.gzip = weight;
    if (is_named(coding, "identity")) weights.plain = weight;
    if (is_named(coding, "*")) weights.other = weight;
  }
  return weights;
}

enum encoding encoding_choose(struct text accepted, size_t length) {
  if (length < ENCODED_BYTES_MIN || length > ENCODED_BYTES_MAX) return ENCODING_PLAIN;
  struct weights weights = weights_read(accepted);
  int64_t gzip = weights.gzip != UNSAID ? weights.gzip : weights.other;
  return gzip > 0 && gzip >= weights.plain ? ENCODING_GZIP : ENCODING_PLAIN;
}
