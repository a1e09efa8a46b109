// Posts to receivers by libcurl's multi interface, driven by the loop.
#include "http/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "http/address.h"

struct client {
  struct loop *loop;
  CURLM *multi;
  struct timer timer;
  struct post_request *posts;
  bool private_allowed;
  int64_t total_ms;
};

// A socket of libcurl's in the loop.
struct wire {
  struct watch watch;
  struct client *client;
};

static bool has_part(CURLU *url, CURLUPart part) {
  char *value = NULL;
  bool there = curl_url_get(url, part, &value, 0) == CURLUE_OK;
  curl_free(value);
  return there;
}

// A name may come with the dot that ends it.
static bool is_this_machine(struct text host) {
  if (host.length > 0 && host.at[host.length - 1] == '.') host.length--;
  static const char NAME[] = "localhost";
  size_t n = sizeof NAME - 1;
  if (host.length < n || strncasecmp(host.at + host.length - n, NAME, n) != 0) return false;
  return host.length == n || host.at[host.length - n - 1] == '.';
}

static enum url_fault judge_host(CURLU *url, bool private_allowed) {
  char *host = NULL, *port = NULL;
  bool literal;
  int64_t number = 0;
  if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK || curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
      *host == '\0' || !text_to_int(text_of(port), &number) || number < 1 || number > 65535) {
    curl_free(host);
    curl_free(port);
    return URL_MALFORMED;
  }
  bool is_public = address_text_public(text_of(host), &literal) && !is_this_machine(text_of(host));
  curl_free(host);
  curl_free(port);
  return is_public || private_allowed ? URL_GOOD : URL_PRIVATE;
}

static enum url_fault judge_parts(CURLU *url, const char *text, bool private_allowed) {
  char *scheme = NULL;
  if (curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK || curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
    return URL_MALFORMED;
  bool spoken = strcasecmp(scheme, "https") == 0 || (private_allowed && strcasecmp(scheme, "http") == 0);
  curl_free(scheme);
  if (!spoken) return URL_SCHEME;
  if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD) || has_part(url, CURLUPART_OPTIONS)) return URL_CREDENTIALS;
  if (has_part(url, CURLUPART_FRAGMENT)) return URL_FRAGMENT;
  return judge_host(url, private_allowed);
}

enum url_fault client_judge(struct text url, bool private_allowed) {
  char text[4 * WEBHOOK_URL_CHARS_MAX + 1];
  if (url.length >= sizeof text || text_has_control(url) || memchr(url.at, ' ', url.length)) return URL_MALFORMED;
  memcpy(text, url.at, url.length);
  text[url.length] = '\0';
  CURLU *handle = curl_url();
  enum url_fault fault = handle ? judge_parts(handle, text, private_allowed) : URL_MALFORMED;
  curl_url_cleanup(handle);
  return fault;
}

// What is kept of an answer's text: what is printed on one line and cut between characters.
static void write_excerpt(struct post_request *post) {
  struct text excerpt = {post->excerpt, post->body_bytes < sizeof post->excerpt ? post->body_bytes : sizeof post->excerpt};
  for (size_t cut = 0; cut < 4 && excerpt.length > 0 && !text_is_utf8(excerpt); cut++)
    excerpt.length--;
  if (!text_is_utf8(excerpt)) excerpt.length = 0;
  for (size_t i = 0; i < excerpt.length; i++)
    if ((unsigned char)post->excerpt[i] < ' ' || post->excerpt[i] == 0x7f) post->excerpt[i] = ' ';
  excerpt = text_trimmed(excerpt);
  (void)snprintf(post->error, sizeof post->error, "answered %d%s%.*s", post->status, excerpt.length ? ": " : "", (int)excerpt.length, excerpt.at);
}

static void write_outcome(struct post_request *post, CURLcode result) {
  long status = 0;
  curl_off_t retry_after = 0;
  (void)curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
  (void)curl_easy_getinfo(post->easy, CURLINFO_RETRY_AFTER, &retry_after);
  // Once a status is there it counts, whatever becomes of the rest.
  post->status = status >= 200 ? (int)status : 0;
  post->retry_after = post->status && retry_after > 0 ? retry_after : ABSENT;
  if (post->status)
    write_excerpt(post);
  else if (post->refused)
    (void)snprintf(post->error, sizeof post->error, "the receiver's address is private");
  else
    (void)snprintf(post->error, sizeof post->error, "%s", post->trouble[0] ? post->trouble : curl_easy_strerror(result));
  if (post->status >= 200 && post->status < 300) post->error[0] = '\0';
}

void client_drop(struct post_request *post) {
  if (post->link) {
    *post->link = post->next;
    if (post->next) post->next->link = post->link;
    post->link = NULL;
    (void)curl_multi_remove_handle(post->client->multi, post->easy);
  }
  curl_easy_cleanup(post->easy);
  curl_slist_free_all(post->list);
  post->easy = post->list = NULL;
}

static void take_ended(struct client *client) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(client->multi, &left))) {
    struct post_request *post = NULL;
    if (message->msg != CURLMSG_DONE) continue;
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &post);
    write_outcome(post, message->data.result);
    client_drop(post);
    post->done(post);
  }
}

static void act(struct client *client, curl_socket_t fd, int events) {
  int running;
  (void)curl_multi_socket_action(client->multi, fd, events, &running);
  take_ended(client);
}

// libcurl may forget the socket within the call.
static void wire_ready(struct watch *watch, uint32_t events) {
  struct wire *wire = watch->owner;
  act(wire->client, watch->fd,
      (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
          (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
}

static void time_over(struct timer *timer) { act(timer->owner, CURL_SOCKET_TIMEOUT, 0); }

static int timer_wanted(CURLM *multi, long after_ms, void *owner) {
  struct client *client = owner;
  (void)multi;
  if (after_ms < 0)
    loop_timer_stop(client->loop, &client->timer);
  else if (!loop_timer_start(client->loop, &client->timer, after_ms))
    return -1;
  return 0;
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *owner, void *of_socket) {
  struct client *client = owner;
  struct wire *wire = of_socket;
  uint32_t events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
  (void)easy;
  if (what == CURL_POLL_REMOVE) {
    if (wire) loop_unwatch(client->loop, &wire->watch);
    free(wire);
    (void)curl_multi_assign(client->multi, fd, NULL);
    return 0;
  }
  if (wire) return loop_rewatch(client->loop, &wire->watch, events) ? 0 : -1;
  wire = calloc(1, sizeof *wire);
  if (!wire) return -1;
  wire->client = client;
  wire->watch = (struct watch){.fd = fd, .events = events, .ready = wire_ready, .owner = wire};
  if (loop_watch(client->loop, &wire->watch) && curl_multi_assign(client->multi, fd, wire) == CURLM_OK) return 0;
  loop_unwatch(client->loop, &wire->watch);
  free(wire);
  return -1;
}

// The address that is really connected to: whatever a name stood for when somebody looked before.
static curl_socket_t open_socket(void *owner, curlsocktype purpose, struct curl_sockaddr *address) {
  struct post_request *post = owner;
  (void)purpose;
  if (!post->client->private_allowed && !address_public(&address->addr)) {
    post->refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t head_came(char *bytes, size_t size, size_t count, void *owner) {
  struct post_request *post = owner;
  (void)bytes;
  post->head_bytes += size * count;
  return post->head_bytes > SEND_HEAD_BYTES_MAX ? 0 : size * count;
}

static size_t body_came(char *bytes, size_t size, size_t count, void *owner) {
  struct post_request *post = owner;
  size_t n = size * count, room = post->body_bytes < sizeof post->excerpt ? sizeof post->excerpt - post->body_bytes : 0;
  if (room > 0) memcpy(post->excerpt + post->body_bytes, bytes, n < room ? n : room);
  post->body_bytes += n;
  return post->body_bytes > SEND_BODY_BYTES_MAX ? 0 : n;
}

#define SET(option, value) (curl_easy_setopt(easy, (option), (value)) == CURLE_OK)

static bool limit(CURL *easy, const struct client *client) {
  return SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_PROTOCOLS_STR, client->private_allowed ? "https,http" : "https") &&
         SET(CURLOPT_FOLLOWLOCATION, 0L) &&
         // A proxy from the environment would have its address judged instead of the receiver's.
         SET(CURLOPT_PROXY, "") && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) && SET(CURLOPT_FORBID_REUSE, 1L) &&
         SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) && SET(CURLOPT_CONNECTTIMEOUT_MS, (long)SEND_CONNECT_MS_MAX) &&
         SET(CURLOPT_TIMEOUT_MS, (long)client->total_ms) &&
         // Else the loop would wait for a thread that still asks for a name when the time is over.
         SET(CURLOPT_QUICK_EXIT, 1L);
}

static bool describe(CURL *easy, struct post_request *post) {
  struct curl_slist *list = curl_slist_append(NULL, "content-type: application/json");
  for (size_t i = 0; list && i < POST_HEADERS_MAX && post->headers[i][0]; i++) {
    post->list = list;
    list = curl_slist_append(list, post->headers[i]);
  }
  if (list) post->list = list;
  return list && SET(CURLOPT_URL, post->url) && SET(CURLOPT_HTTPHEADER, list) && SET(CURLOPT_POSTFIELDSIZE, (long)post->body.length) &&
         SET(CURLOPT_POSTFIELDS, post->body.at) && SET(CURLOPT_USERAGENT, "xlad") && SET(CURLOPT_ERRORBUFFER, post->trouble) &&
         SET(CURLOPT_PRIVATE, (void *)post);
}

static bool attend(CURL *easy, struct post_request *post) {
  return SET(CURLOPT_OPENSOCKETFUNCTION, open_socket) && SET(CURLOPT_OPENSOCKETDATA, (void *)post) && SET(CURLOPT_HEADERFUNCTION, head_came) &&
         SET(CURLOPT_HEADERDATA, (void *)post) && SET(CURLOPT_WRITEFUNCTION, body_came) && SET(CURLOPT_WRITEDATA, (void *)post);
}

bool client_post(struct client *client, struct post_request *post) {
  CURL *easy = curl_easy_init();
  post->client = client;
  post->easy = easy;
  post->list = NULL;
  post->link = NULL;
  post->refused = false;
  post->head_bytes = post->body_bytes = 0;
  post->error[0] = post->trouble[0] = '\0';
  if (!easy || !limit(easy, client) || !describe(easy, post) || !attend(easy, post) || curl_multi_add_handle(client->multi, easy) != CURLM_OK) {
    client_drop(post);
    return false;
  }
  post->link = &client->posts;
  post->next = client->posts;
  if (post->next) post->next->link = &post->next;
  client->posts = post;
  return true;
}

struct client *client_open(struct loop *loop, bool private_allowed, int64_t total_ms) {
  struct client *client = calloc(1, sizeof *client);
  if (!client || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    free(client);
    return NULL;
  }
  *client = (struct client){.loop = loop, .private_allowed = private_allowed, .total_ms = total_ms, .multi = curl_multi_init()};
  client->timer = (struct timer){.fire = time_over, .owner = client};
  // What resolves names in the calling thread would stop the loop.
  if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS))
    log_message(LOG_WARNING, "this libcurl resolves names without threads: looking up a receiver stops everything else");
  if (client->multi && curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted) == CURLM_OK &&
      curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client) == CURLM_OK &&
      curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, timer_wanted) == CURLM_OK &&
      curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client) == CURLM_OK)
    return client;
  client_close(client);
  return NULL;
}

void client_close(struct client *client) {
  if (!client) return;
  while (client->posts)
    client_drop(client->posts);
  (void)curl_multi_cleanup(client->multi);
  loop_timer_stop(client->loop, &client->timer);
  free(client);
  curl_global_cleanup();
}
