// Checks which addresses count as public, at the edges of each special range.
#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "unit.h"

static const struct {
  const char *host;
  bool is_public;
} ADDRESSES[] = {
    {"0.0.0.0", false},
    {"0.255.255.255", false},
    {"1.0.0.0", true},
    {"9.255.255.255", true},
    {"10.0.0.0", false},
    {"10.255.255.255", false},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"126.255.255.255", true},
    {"127.0.0.1", false},
    {"127.255.255.255", false},
    {"128.0.0.0", true},
    {"169.253.255.255", true},
    {"169.254.169.254", false},
    {"169.255.0.0", true},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"192.0.0.170", false},
    {"192.0.1.0", true},
    {"192.0.2.1", false},
    {"192.88.99.1", false},
    {"192.167.255.255", true},
    {"192.168.0.0", false},
    {"192.168.255.255", false},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.100.7", false},
    {"203.0.113.255", false},
    {"203.0.114.0", true},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.0", false},
    {"255.255.255.255", false},
    {"::", false},
    {"::1", false},
    {"::8.8.8.8", false},
    {"::ffff:8.8.8.8", false},
    {"::ffff:127.0.0.1", false},
    {"::ffff:0:8.8.8.8", false},
    {"64:ff9b::8.8.8.8", true},
    {"64:ff9b::10.0.0.1", false},
    {"64:ff9b::127.0.0.1", false},
    {"64:ff9b:1::8.8.8.8", false},
    {"100::1", false},
    {"1fff:ffff::1", false},
    {"2000::1", true},
    {"2001::1", false},
    {"2001:1ff:ffff::1", false},
    {"2001:200::1", true},
    {"2001:db7::1", true},
    {"2001:db8::1", false},
    {"2001:db9::1", true},
    {"2002:808:808::1", false},
    {"2003::1", true},
    {"2a00:1450:4001::1", true},
    {"3ffe::1", true},
    {"3fff::1", false},
    {"3fff:1000::1", true},
    {"4000::1", false},
    {"fc00::1", false},
    {"fd12:3456::1", false},
    {"fe80::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
};

static bool socket_address_public(const char *host) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) return address_public((const struct sockaddr *)(const void *)&v4);
  ck_assert_int_eq(inet_pton(AF_INET6, host, &v6.sin6_addr), 1);
  return address_public((const struct sockaddr *)(const void *)&v6);
}

START_TEST(only_addresses_of_the_public_internet_are_public) {
  EACH(row, ADDRESSES) {
    bool literal;
    ck_assert_msg(socket_address_public(row->host) == row->is_public, "%s", row->host);
    ck_assert_msg(address_text_public(text_of(row->host), &literal) == row->is_public, "%s", row->host);
    ck_assert_msg(literal, "%s", row->host);
  }
}
END_TEST

START_TEST(brackets_stand_around_ipv6) {
  bool literal;
  ck_assert(!address_text_public(TEXT("[::1]"), &literal) && literal);
  ck_assert(address_text_public(TEXT("[2003::1]"), &literal) && literal);
}
END_TEST

START_TEST(names_are_no_addresses) {
  static const char *const NAMES[] = {
      "example.com", "10", "0x7f.1", "1.2.3", "a::b::c", "", "a-name-that-is-longer-than-any-address-could-ever-be.example.com"};
  EACH(name, NAMES) {
    bool literal;
    ck_assert_msg(address_text_public(text_of(*name), &literal) && !literal, "%s", *name);
  }
}
END_TEST

START_TEST(other_families_are_not_public) {
  struct sockaddr address = {.sa_family = AF_UNIX};
  ck_assert(!address_public(&address));
}
END_TEST

int main(void) {
  return unit_tests("http/address", (const TTest *[]){
                                        only_addresses_of_the_public_internet_are_public,
                                        brackets_stand_around_ipv6,
                                        names_are_no_addresses,
                                        other_families_are_not_public,
                                        NULL,
                                    });
}
