// Which addresses belong to the public Internet, and which to networks that nobody outside should reach through the service.
#ifndef XLAD_HTTP_ADDRESS_H
#define XLAD_HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/text.h"

// False for loopback, private, shared (CGNAT), link-local, multicast, unspecified, documentation and all other special-purpose addresses by the IANA
// registries, for IPv6 forms that carry an IPv4 address (mapped, Teredo, 6to4), and for any other family. Only what is translated by 64:ff9b::/96
// (RFC 6052) is judged by the IPv4 address in it, for there are networks that reach the IPv4 Internet by that alone.
bool address_public(const struct sockaddr *address);
// The same of an address as text, an IPv6 one with or without brackets. *literal: it is an address, and not a name.
bool address_text_public(struct text host, bool *literal);

#endif
