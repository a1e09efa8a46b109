// Reads and writes instants and calendar days.
#include "base/instant.h"

#include <string.h>
#include <strings.h>
#include <time.h>

enum {
  DAYS_PER_ERA = 146097,   // 400 years of the Gregorian calendar
  DAYS_TO_EPOCH = 719468,  // from 0000-03-01 to 1970-01-01
  DAY_FIRST = -719528,     // 0000-01-01
  DAY_LAST = 2932896,      // 9999-12-31
  MINUTES_PER_DAY = 1440,
  FRACTION_DIGITS = 6,
};

#define INSTANT_LAST ((DAY_LAST + 1) * MICROS_PER_DAY - 1)

// What a written instant consists of. The last two are only in patterns.
enum part {
  PART_YEAR,
  PART_MONTH,
  PART_DAY,
  PART_HOUR,
  PART_MINUTE,
  PART_SECOND,
  PART_MICROS,
  PART_OFFSET,  // minutes east of UTC
  PART_HOUR12,
  PART_HALF,  // 0 before noon, 12 after
  PART_COUNT
};

struct moment {
  int part[PART_COUNT];
};

// What is left to be read.
struct cursor {
  const char *at;
  const char *end;
};

struct conversion {
  char letter;
  enum part part;
  int digits;  // read at most
  int low, high;
  bool (*read)(struct cursor *cursor, const struct conversion *conversion, int *value);
};

static const char *const MONTHS[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

enum { MONTH_LETTERS = 3 };

int64_t instant_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * MICROS_PER_SECOND + now.tv_nsec / 1000;
}

int64_t clock_us(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * MICROS_PER_SECOND + now.tv_nsec / 1000;
}

int64_t clock_ms(void) { return clock_us() / 1000; }

// Days and years are counted in eras from March on, so that a leap day is the last of its year: Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms".
int32_t day_from_civil(int year, int month, int day) {
  int shifted = month <= 2 ? year - 1 : year;
  int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  int year_of_era = shifted - era * 400;
  int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

void day_to_civil(int32_t day, int *year, int *month, int *day_of_month) {
  int64_t shifted = (int64_t)day + DAYS_TO_EPOCH;
  int era = (int)((shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA);
  int day_of_era = (int)(shifted - (int64_t)era * DAYS_PER_ERA);
  int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int march_month = (5 * day_of_year + 2) / 153;
  *day_of_month = day_of_year - (153 * march_month + 2) / 5 + 1;
  *month = march_month < 10 ? march_month + 3 : march_month - 9;
  *year = year_of_era + era * 400 + (*month <= 2);
}

int day_weekday(int32_t day) {
  // 1970-01-01 was a Thursday.
  int weekday = (day % 7 + 3) % 7;
  return weekday < 0 ? weekday + 7 : weekday;
}

static bool in_range(int value, int low, int high) { return value >= low && value <= high; }

static bool is_leap_year(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static bool day_exists(int year, int month, int day) {
  static const int8_t LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (!in_range(month, 1, 12)) {
    return false;
  }
  int length = LENGTHS[month - 1] + (month == 2 && is_leap_year(year));
  return in_range(day, 1, length);
}

// A leap second is inserted where the day ends in UTC, wherever the clock that shows it stands.
static bool second_exists(const int *part) {
  if (part[PART_SECOND] != 60) {
    return in_range(part[PART_SECOND], 0, 59);
  }
  int minute = part[PART_HOUR] * 60 + part[PART_MINUTE] - part[PART_OFFSET];
  return (minute + MINUTES_PER_DAY) % MINUTES_PER_DAY == MINUTES_PER_DAY - 1;
}

// False for a moment that doesn't exist or is outside the years of the contract (in UTC).
static bool moment_instant(const struct moment *moment, int64_t *instant) {
  const int *part = moment->part;
  if (!day_exists(part[PART_YEAR], part[PART_MONTH], part[PART_DAY]) || !in_range(part[PART_HOUR], 0, 23) || !in_range(part[PART_MINUTE], 0, 59) ||
      !second_exists(part)) {
    return false;
  }
  int64_t day = day_from_civil(part[PART_YEAR], part[PART_MONTH], part[PART_DAY]);
  int64_t minutes = (day * 24 + part[PART_HOUR]) * 60 + part[PART_MINUTE] - part[PART_OFFSET];
  int64_t result = (minutes * 60 + part[PART_SECOND]) * MICROS_PER_SECOND + part[PART_MICROS];
  if (result < 0 || result > INSTANT_LAST) {
    return false;
  }
  *instant = result;
  return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Two digits, or -1, which the range check of every part refuses later.
static int two_digits(const char *at) { return is_digit(at[0]) && is_digit(at[1]) ? (at[0] - '0') * 10 + (at[1] - '0') : -1; }

// "YYYY-MM-DD" at the ten bytes at `at`; whether that day exists is not looked at.
static bool read_date(const char *at, int *part) {
  int century = two_digits(at);
  int year = two_digits(at + 2);
  part[PART_YEAR] = century * 100 + year;
  part[PART_MONTH] = two_digits(at + 5);
  part[PART_DAY] = two_digits(at + 8);
  return century >= 0 && year >= 0 && at[4] == '-' && at[7] == '-';
}

// Digits of a fraction of a second, at least one; beyond microseconds they are cut.
static bool read_fraction(struct cursor *cursor, const struct conversion *conversion, int *value) {
  (void)conversion;
  int micros = 0;
  int digits = 0;
  for (; cursor->at < cursor->end && is_digit(*cursor->at); cursor->at++) {
    if (digits < FRACTION_DIGITS) {
      micros = micros * 10 + (*cursor->at - '0');
      digits++;
    }
  }
  bool any = digits > 0;
  for (; digits < FRACTION_DIGITS; digits++) {
    micros *= 10;
  }
  *value = micros;
  return any;
}

// "Z", "+hh:mm" or, without the colon, "+hhmm".
static bool read_offset(struct cursor *cursor, bool colon, int *value) {
  ptrdiff_t left = cursor->end - cursor->at;
  if (left >= 1 && (*cursor->at == 'Z' || *cursor->at == 'z')) {
    cursor->at++;
    *value = 0;
    return true;
  }
  ptrdiff_t length = colon ? 6 : 5;
  if (left < length || (*cursor->at != '+' && *cursor->at != '-') || (colon && cursor->at[3] != ':')) {
    return false;
  }
  int hours = two_digits(cursor->at + 1);
  int minutes = two_digits(cursor->at + length - 2);
  int sign = *cursor->at == '-' ? -1 : 1;
  *value = sign * (hours * 60 + minutes);
  cursor->at += length;
  return in_range(hours, 0, 23) && in_range(minutes, 0, 59);
}

bool instant_parse(struct text a, int64_t *instant) {
  if (a.length < sizeof "YYYY-MM-DDThh:mm:ssZ" - 1) {
    return false;
  }
  const char *at = a.at;
  struct moment moment = {0};
  int *part = moment.part;
  bool shaped = read_date(at, part) && (at[10] == 'T' || at[10] == 't') && at[13] == ':' && at[16] == ':';
  part[PART_HOUR] = two_digits(at + 11);
  part[PART_MINUTE] = two_digits(at + 14);
  part[PART_SECOND] = two_digits(at + 17);
  struct cursor cursor = {at + 19, at + a.length};
  if (shaped && *cursor.at == '.') {
    cursor.at++;
    shaped = read_fraction(&cursor, NULL, &part[PART_MICROS]);
  }
  return shaped && read_offset(&cursor, true, &part[PART_OFFSET]) && cursor.at == cursor.end && moment_instant(&moment, instant);
}

static bool read_number(struct cursor *cursor, const struct conversion *conversion, int *value) {
  int number = 0;
  int digits = 0;
  while (digits < conversion->digits && cursor->at < cursor->end && is_digit(*cursor->at)) {
    number = number * 10 + (*cursor->at++ - '0');
    digits++;
  }
  *value = number;
  return digits > 0 && in_range(number, conversion->low, conversion->high);
}

// As POSIX has it: 69 to 99 are of the last century.
static bool read_short_year(struct cursor *cursor, const struct conversion *conversion, int *value) {
  bool read = read_number(cursor, conversion, value);
  *value += *value >= 69 ? 1900 : 2000;
  return read;
}

// Steps over `word` if that is what follows, in any case.
static bool read_word(struct cursor *cursor, const char *word, size_t n) {
  if ((size_t)(cursor->end - cursor->at) < n || strncasecmp(cursor->at, word, n) != 0) {
    return false;
  }
  cursor->at += n;
  return true;
}

// The whole name is tried first, or "March" would leave "ch" behind.
static bool read_month(struct cursor *cursor, const struct conversion *conversion, int *value) {
  for (int i = 0; i < conversion->high; i++) {
    if (read_word(cursor, MONTHS[i], strlen(MONTHS[i])) || read_word(cursor, MONTHS[i], MONTH_LETTERS)) {
      *value = i + 1;
      return true;
    }
  }
  return false;
}

static bool read_half(struct cursor *cursor, const struct conversion *conversion, int *value) {
  bool after_noon = read_word(cursor, "PM", 2);
  *value = after_noon ? conversion->high : conversion->low;
  return after_noon || read_word(cursor, "AM", 2);
}

static bool read_any_offset(struct cursor *cursor, const struct conversion *conversion, int *value) {
  (void)conversion;
  bool colon = cursor->end - cursor->at > 3 && cursor->at[3] == ':';
  return read_offset(cursor, colon, value);
}

static const struct conversion CONVERSIONS[] = {
    {'d', PART_DAY, 2, 1, 31, read_number},    {'m', PART_MONTH, 2, 1, 12, read_number},    {'b', PART_MONTH, 0, 1, 12, read_month},
    {'Y', PART_YEAR, 4, 0, 9999, read_number}, {'y', PART_YEAR, 2, 0, 99, read_short_year}, {'H', PART_HOUR, 2, 0, 23, read_number},
    {'I', PART_HOUR12, 2, 1, 12, read_number}, {'p', PART_HALF, 0, 0, 12, read_half},       {'M', PART_MINUTE, 2, 0, 59, read_number},
    {'S', PART_SECOND, 2, 0, 60, read_number}, {'f', PART_MICROS, 0, 0, 0, read_fraction},  {'z', PART_OFFSET, 0, 0, 0, read_any_offset},
};

static const struct conversion *conversion_find(char letter) {
  for (size_t i = 0; i < sizeof CONVERSIONS / sizeof CONVERSIONS[0]; i++) {
    if (CONVERSIONS[i].letter == letter) {
      return &CONVERSIONS[i];
    }
  }
  return NULL;
}

bool instant_pattern_valid(const char *pattern) {
  bool has[PART_COUNT] = {false};
  for (const char *at = pattern; *at != '\0'; at++) {
    if (*at != '%' || *++at == '%') {
      continue;
    }
    const struct conversion *conversion = conversion_find(*at);
    if (conversion == NULL || has[conversion->part]) {
      return false;
    }
    has[conversion->part] = true;
  }
  bool hour_clear = !has[PART_HOUR12] || (has[PART_HALF] && !has[PART_HOUR]);
  return has[PART_YEAR] && has[PART_MONTH] && has[PART_DAY] && hour_clear;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// One byte of a pattern that is no conversion. White space stands for any amount of it, as in strptime.
static bool read_literal(struct cursor *cursor, char c) {
  if (is_space(c)) {
    while (cursor->at < cursor->end && is_space(*cursor->at)) {
      cursor->at++;
    }
    return true;
  }
  return cursor->at < cursor->end && *cursor->at++ == c;
}

bool instant_parse_pattern(struct text a, const char *pattern, int64_t *instant) {
  if (a.at == NULL || !instant_pattern_valid(pattern)) {
    return false;
  }
  struct cursor cursor = {a.at, a.at + a.length};
  struct moment moment = {0};
  int *part = moment.part;
  for (const char *at = pattern; *at != '\0'; at++) {
    const struct conversion *conversion = *at == '%' ? conversion_find(*++at) : NULL;
    bool read = conversion != NULL ? conversion->read(&cursor, conversion, &part[conversion->part]) : read_literal(&cursor, *at);
    if (!read) {
      return false;
    }
  }
  // %I is never 0, so 0 says that the pattern has %H or no hour at all.
  if (part[PART_HOUR12] != 0) {
    part[PART_HOUR] = part[PART_HOUR12] % 12 + part[PART_HALF];
  }
  return cursor.at == cursor.end && moment_instant(&moment, instant);
}

static void write_digits(char *out, int width, int value) {
  for (int i = width - 1; i >= 0; i--) {
    out[i] = (char)('0' + value % 10);
    value /= 10;
  }
}

// ".123456" without the zeros at its end. Returns the length.
static size_t write_fraction(char *out, int micros) {
  size_t length = 1 + FRACTION_DIGITS;
  out[0] = '.';
  write_digits(out + 1, FRACTION_DIGITS, micros);
  while (out[length - 1] == '0') {
    length--;
  }
  return length;
}

size_t instant_format(int64_t instant, char *out) {
  int64_t low = DAY_FIRST * MICROS_PER_DAY;
  int64_t clamped = instant < low ? low : instant > INSTANT_LAST ? INSTANT_LAST : instant;
  // From year 0 on the difference is never negative, so this is a division that rounds down.
  int64_t since_low = clamped - low;
  int second = (int)(since_low % MICROS_PER_DAY / MICROS_PER_SECOND);
  int micros = (int)(since_low % MICROS_PER_SECOND);
  day_format((int32_t)(since_low / MICROS_PER_DAY) + DAY_FIRST, out);
  memcpy(out + DAY_CHARS, "Thh:mm:ss", 9);
  write_digits(out + 11, 2, second / 3600);
  write_digits(out + 14, 2, second / 60 % 60);
  write_digits(out + 17, 2, second % 60);
  size_t length = 19;
  if (micros != 0) {
    length += write_fraction(out + length, micros);
  }
  out[length++] = 'Z';
  return length;
}

bool day_parse(struct text a, int32_t *day) {
  int part[PART_COUNT];
  if (a.length != DAY_CHARS || !read_date(a.at, part) || !in_range(part[PART_YEAR], 1970, 9999) ||
      !day_exists(part[PART_YEAR], part[PART_MONTH], part[PART_DAY])) {
    return false;
  }
  *day = day_from_civil(part[PART_YEAR], part[PART_MONTH], part[PART_DAY]);
  return true;
}

void day_format(int32_t day, char *out) {
  int year;
  int month;
  int day_of_month;
  int32_t clamped = day < DAY_FIRST ? DAY_FIRST : day > DAY_LAST ? DAY_LAST : day;
  day_to_civil(clamped, &year, &month, &day_of_month);
  write_digits(out, 4, year);
  write_digits(out + 5, 2, month);
  write_digits(out + 8, 2, day_of_month);
  out[4] = '-';
  out[7] = '-';
}
