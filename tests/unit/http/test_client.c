// Checks which receivers are refused, by their URL and when they are connected to, and that a name service that hangs delays nobody.
#include "http/client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

// libcurl finds this name service instead of the C library's: one name leads to this machine, others take seconds to lead nowhere.
enum { HANG_SECONDS = 5 };
static atomic_int hanging;

int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict req, struct addrinfo **restrict pai) {
  (void)service;
  (void)req;
  if (strcmp(name, "rebound.example") == 0) {
    struct addrinfo *one = calloc(1, sizeof *one);
    struct sockaddr_in *address = calloc(1, sizeof *address);
    ck_assert(one != NULL && address != NULL);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(443), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *one = (struct addrinfo){
        .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_addrlen = sizeof *address, .ai_addr = (struct sockaddr *)(void *)address};
    *pai = one;
    return 0;
  }
  atomic_fetch_add(&hanging, 1);
  (void)sleep(HANG_SECONDS);
  atomic_fetch_sub(&hanging, 1);
  return EAI_AGAIN;
}

void freeaddrinfo(struct addrinfo *ai) {
  free(ai->ai_addr);
  free(ai);
}

static const struct {
  const char *url;
  enum url_fault strict, lenient;
} URLS[] = {
    {"https://example.com/hook", URL_GOOD, URL_GOOD},
    {"https://example.com", URL_GOOD, URL_GOOD},
    {"HTTPS://EXAMPLE.COM:8443/a?b=c", URL_GOOD, URL_GOOD},
    {"https://8.8.8.8/", URL_GOOD, URL_GOOD},
    {"https://[2003::1]/", URL_GOOD, URL_GOOD},
    {"http://example.com/hook", URL_SCHEME, URL_GOOD},
    {"ftp://example.com/", URL_SCHEME, URL_SCHEME},
    {"file:///etc/passwd", URL_SCHEME, URL_SCHEME},
    {"gopher://example.com/", URL_SCHEME, URL_SCHEME},
    {"example.com/hook", URL_MALFORMED, URL_MALFORMED},
    {"/hook", URL_MALFORMED, URL_MALFORMED},
    {"", URL_MALFORMED, URL_MALFORMED},
    {"https://", URL_MALFORMED, URL_MALFORMED},
    {"https://example.com:0/", URL_MALFORMED, URL_MALFORMED},
    {"https://example.com:65536/", URL_MALFORMED, URL_MALFORMED},
    {"https://example.com:x/", URL_MALFORMED, URL_MALFORMED},
    {"https://exa mple.com/", URL_MALFORMED, URL_MALFORMED},
    {"https://example.com/\r\nx: y", URL_MALFORMED, URL_MALFORMED},
    {"https://user@example.com/", URL_CREDENTIALS, URL_CREDENTIALS},
    {"https://user:word@example.com/", URL_CREDENTIALS, URL_CREDENTIALS},
    {"https://:word@example.com/", URL_CREDENTIALS, URL_CREDENTIALS},
    {"https://example.com/#part", URL_FRAGMENT, URL_FRAGMENT},
    {"https://localhost/", URL_PRIVATE, URL_GOOD},
    {"https://LOCALHOST.:444/", URL_PRIVATE, URL_GOOD},
    {"https://a.localhost/", URL_PRIVATE, URL_GOOD},
    {"https://notlocalhost/", URL_GOOD, URL_GOOD},
    {"https://127.0.0.1/", URL_PRIVATE, URL_GOOD},
    {"https://127.1/", URL_PRIVATE, URL_GOOD},
    {"https://0x7f000001/", URL_PRIVATE, URL_GOOD},
    {"https://2130706433/", URL_PRIVATE, URL_GOOD},
    {"https://017700000001/", URL_PRIVATE, URL_GOOD},
    {"https://10.1.2.3/", URL_PRIVATE, URL_GOOD},
    {"https://[::1]/", URL_PRIVATE, URL_GOOD},
    {"https://[::ffff:10.0.0.1]/", URL_PRIVATE, URL_GOOD},
    {"https://[fe80::1%25eth0]/", URL_PRIVATE, URL_GOOD},
    {"https://169.254.169.254/latest/meta-data", URL_PRIVATE, URL_GOOD},
};

START_TEST(only_public_https_without_credentials_is_good) {
  EACH(row, URLS) {
    ck_assert_msg(client_judge(text_of(row->url), false) == row->strict, "%s: %d", row->url, (int)client_judge(text_of(row->url), false));
    ck_assert_msg(client_judge(text_of(row->url), true) == row->lenient, "%s: %d", row->url, (int)client_judge(text_of(row->url), true));
  }
}
END_TEST

static struct loop *loop;
static int ended;

static void note_end(struct post_request *post) {
  (void)post;
  if (--ended == 0) loop_stop(loop);
}

// Names that somebody has answered with private addresses since they were judged, and addresses in any spelling.
START_TEST(private_addresses_are_not_connected_to) {
  static const char *const RECEIVERS[] = {"https://localhost/", "https://127.0.0.1:9/", "https://[::1]:9/", "https://0x7f.1/",
                                          "https://rebound.example/"};
  struct post_request posts[ROWS(RECEIVERS)] = {0};
  loop = loop_new();
  struct client *client = client_open(loop, false, 20000);
  ended = ROWS(RECEIVERS);
  for (size_t i = 0; i < ROWS(RECEIVERS); i++) {
    posts[i] = (struct post_request){.url = RECEIVERS[i], .body = TEXT("{}"), .done = note_end};
    ck_assert(client_post(client, &posts[i]));
  }
  loop_run(loop);
  for (size_t i = 0; i < ROWS(RECEIVERS); i++) {
    ck_assert_int_eq(posts[i].status, 0);
    ck_assert_str_eq(posts[i].error, "the receiver's address is private");
  }
  client_close(client);
  loop_free(loop);
}
END_TEST

START_TEST(plain_http_is_not_spoken) {
  struct post_request post = {.url = "http://8.8.8.8/", .body = TEXT("{}"), .done = note_end};
  loop = loop_new();
  struct client *client = client_open(loop, false, 20000);
  ended = 1;
  ck_assert(client_post(client, &post));
  loop_run(loop);
  ck_assert_int_eq(post.status, 0);
  ck_assert(strstr(post.error, "http") != NULL);
  client_close(client);
  loop_free(loop);
}
END_TEST

// Its threads are left to themselves: neither the end of the time nor that of the client waits for them.
START_TEST(a_name_service_that_hangs_delays_nobody) {
  struct post_request posts[2] = {0};
  loop = loop_new();
  struct client *client = client_open(loop, false, 200);
  for (size_t i = 0; i < 2; i++) {
    posts[i] = (struct post_request){.url = i ? "https://other.example/" : "https://slow.example/", .body = TEXT("{}"), .done = note_end};
    ck_assert(client_post(client, &posts[i]));
  }
  ended = 2;
  loop_run(loop);
  ck_assert_int_eq(atomic_load(&hanging), 2);
  ck_assert_int_eq(posts[0].status, 0);
  ck_assert(strstr(posts[0].error, "tim") != NULL);
  ck_assert(client_post(client, &posts[0]));
  client_close(client);
  ck_assert_int_ge(atomic_load(&hanging), 2);
  loop_free(loop);
}
END_TEST

START_TEST(dropped_posts_never_end) {
  struct post_request posts[2] = {0};
  loop = loop_new();
  struct client *client = client_open(loop, true, 20000);
  for (size_t i = 0; i < 2; i++) {
    posts[i] = (struct post_request){.url = "http://127.0.0.1:9/", .body = TEXT("{}"), .done = note_end};
    ck_assert(client_post(client, &posts[i]));
  }
  client_drop(&posts[1]);
  client_close(client);
  loop_free(loop);
}
END_TEST

int main(void) {
  return unit_tests("http/client", (const TTest *[]){
                                       only_public_https_without_credentials_is_good,
                                       private_addresses_are_not_connected_to,
                                       plain_http_is_not_spoken,
                                       a_name_service_that_hangs_delays_nobody,
                                       dropped_posts_never_end,
                                       NULL,
                                   });
}
