// Chooses what an answer is given as.
#include "http/media.h"

#include <stdio.h>
#include <strings.h>

enum { WEIGHT_DECIMALS = 3, WEIGHT_MAX = 1000 };

const char *const MEDIA_NAMES[] = {[MEDIA_JSON] = "json", [MEDIA_CSV] = "csv", [MEDIA_HTML] = "html"};
const char *const MEDIA_TYPES[] = {
    [MEDIA_JSON] = "application/json", [MEDIA_CSV] = "text/csv; charset=utf-8; header=present", [MEDIA_HTML] = "text/html; charset=utf-8"};

// How closely a media range names a type.
enum closeness { OTHER, ANYTHING, FAMILY, EXACT };

// Without parameters.
static struct text type_of(enum media media) {
  struct text type = text_of(MEDIA_TYPES[media]);
  return text_cut(&type, ';');
}

static bool is_same(struct text a, struct text b) { return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0; }

static enum closeness closeness_of(struct text range, enum media media) {
  struct text type = type_of(media), rest = range, family = text_cut(&rest, '/'), type_rest = type;
  if (text_is(range, "*/*")) return ANYTHING;
  if (is_same(range, type)) return EXACT;
  return rest.at && text_is(rest, "*") && is_same(family, text_cut(&type_rest, '/')) ? FAMILY : OTHER;
}

// Thousandths, from the parameters behind a range; what is malformed refuses. Parameters of the type itself don't matter.
static int64_t weight_of(struct text parameters) {
  int64_t weight = WEIGHT_MAX;
  while (parameters.at) {
    struct text value = text_trimmed(text_cut(&parameters, ';')), name = text_trimmed(text_cut(&value, '='));
    if (!is_same(name, TEXT("q"))) continue;
    if (value.length == 2 && value.at[1] == '.') value.length = 1;
    if (!value.at || !text_to_decimal(value, WEIGHT_DECIMALS, &weight) || weight < 0 || weight > WEIGHT_MAX) return 0;
  }
  return weight;
}

// The weight of the range that names it most closely, and of equal weights how closely that does.
static int64_t weigh(struct text accepted, enum media media) {
  enum closeness closest = OTHER;
  int64_t weight = 0;
  while (accepted.at) {
    struct text parameters = text_cut(&accepted, ','), range = text_trimmed(text_cut(&parameters, ';'));
    enum closeness closeness = closeness_of(range, media);
    if (closeness == OTHER || closeness < closest) continue;
    closest = closeness;
    weight = weight_of(parameters);
  }
  return weight == 0 ? 0 : weight * (EXACT + 1) + closest;
}

bool media_choose(struct text accepted, unsigned offered, enum media *chosen) {
  int64_t most = 0;
  if (!accepted.at || text_trimmed(accepted).length == 0) accepted = TEXT("*/*");
  for (unsigned media = 0; media < MEDIA_COUNT; media++) {
    int64_t weight = offered & 1U << media ? weigh(accepted, (enum media)media) : 0;
    if (weight <= most) continue;
    most = weight;
    *chosen = (enum media)media;
  }
  return most > 0;
}

bool media_find(struct text name, unsigned offered, enum media *chosen) {
  for (unsigned media = 0; media < MEDIA_COUNT; media++) {
    if (!(offered & 1U << media) || !text_is(name, MEDIA_NAMES[media])) continue;
    *chosen = (enum media)media;
    return true;
  }
  return false;
}

void media_list(unsigned offered, bool types, char *out, size_t size) {
  size_t length = 0;
  for (unsigned media = 0; media < MEDIA_COUNT; media++) {
    if (!(offered & 1U << media) || length >= size) continue;
    struct text name = types ? type_of((enum media)media) : text_of(MEDIA_NAMES[media]);
    int added = snprintf(out + length, size - length, "%s%.*s", length > 0 ? " or " : "", (int)name.length, name.at);
    length += added > 0 ? (size_t)added : 0;
  }
}
