// Judges addresses by the special-purpose registries of IANA (RFC 6890 and its updates).
#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct range {
  uint8_t prefix[16];
  unsigned bits;
};

static const struct range SPECIAL_V4[] = {
    {{0}, 8},              // this network
    {{10}, 8},             // private
    {{100, 64}, 10},       // shared by a carrier's customers
    {{127}, 8},            // loopback
    {{169, 254}, 16},      // link-local, where clouds tell machines their secrets
    {{172, 16}, 12},       // private
    {{192, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2}, 24},     // documentation
    {{192, 88, 99}, 24},   // 6to4 relays, deprecated
    {{192, 168}, 16},      // private
    {{198, 18}, 15},       // benchmarks
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    {{224}, 4},            // multicast
    {{240}, 4},            // reserved, and broadcast
};

// Of IPv6, only this is assigned to the public, with exceptions.
static const struct range GLOBAL_V6 = {{0x20}, 3};
static const struct range SPECIAL_V6[] = {
    {{0x20, 0x01}, 23},              // protocol assignments: Teredo, ORCHID, benchmarks
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4
    {{0x3f, 0xff}, 20},              // documentation
};
static const struct range TRANSLATED_V4 = {{0x00, 0x64, 0xff, 0x9b}, 96};

static bool is_within(const uint8_t *address, const struct range *range) {
  unsigned bytes = range->bits / 8, bits = range->bits % 8;
  if (memcmp(address, range->prefix, bytes) != 0) return false;
  return bits == 0 || (address[bytes] ^ range->prefix[bytes]) >> (8 - bits) == 0;
}

static bool is_within_any(const uint8_t *address, const struct range *ranges, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (is_within(address, &ranges[i])) return true;
  return false;
}

static bool v4_public(const uint8_t *address) { return !is_within_any(address, SPECIAL_V4, sizeof SPECIAL_V4 / sizeof *SPECIAL_V4); }

static bool v6_public(const uint8_t *address) {
  if (is_within(address, &TRANSLATED_V4)) return v4_public(address + 12);
  return is_within(address, &GLOBAL_V6) && !is_within_any(address, SPECIAL_V6, sizeof SPECIAL_V6 / sizeof *SPECIAL_V6);
}

bool address_public(const struct sockaddr *address) {
  uint8_t bytes[16];
  if (address->sa_family == AF_INET) {
    memcpy(bytes, (const char *)address + offsetof(struct sockaddr_in, sin_addr), 4);
    return v4_public(bytes);
  }
  if (address->sa_family != AF_INET6) return false;
  memcpy(bytes, (const char *)address + offsetof(struct sockaddr_in6, sin6_addr), 16);
  return v6_public(bytes);
}

bool address_text_public(struct text host, bool *literal) {
  char name[INET6_ADDRSTRLEN];
  uint8_t bytes[16];
  *literal = false;
  if (host.length >= 2 && host.at[0] == '[' && host.at[host.length - 1] == ']') host = (struct text){host.at + 1, host.length - 2};
  if (host.length >= sizeof name) return true;
  memcpy(name, host.at, host.length);
  name[host.length] = '\0';
  *literal = true;
  if (inet_pton(AF_INET, name, bytes) == 1) return v4_public(bytes);
  if (inet_pton(AF_INET6, name, bytes) == 1) return v6_public(bytes);
  *literal = false;
  return true;
}
