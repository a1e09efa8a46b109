// Checks that targets are split strictly and that routes, 404 and 405 follow from the table alone.
#include "http/router.h"

#include "unit.h"

static enum err nothing(struct request *request) {
  (void)request;
  return ERR_NONE;
}

static const struct route ROUTES[] = {
    {METHOD_GET, "/", 0, BODY_NONE, nothing, NULL},
    {METHOD_GET, "/v1/tickets", 0, BODY_NONE, nothing, NULL},
    {METHOD_GET, "/v1/tickets/{ref}", 0, BODY_NONE, nothing, NULL},
    {METHOD_PUT, "/v1/tickets/{ref}", 0, BODY_JSON, nothing, NULL},
    {METHOD_POST, "/v1/tickets/import", 0, BODY_JSON, nothing, NULL},
};
enum { ROUTES_COUNT = sizeof ROUTES / sizeof *ROUTES };

static void begin(struct request *request, enum method method, const char *target) {
  *request = (struct request){.method = method, .target = text_of(target)};
  arena_init(&request->arena, 65536);
  issues_init(&request->issues, &request->arena);
}

START_TEST(finds_routes) {
  static const struct {
    enum method method;
    const char *target;
    enum err error;
    const char *pattern;  // of the route, or NULL
    const char *value;    // of the path, or NULL
    const char *allow;    // or NULL
  } CASES[] = {
      {METHOD_GET, "/", ERR_NONE, "/", NULL, NULL},
      {METHOD_HEAD, "/v1/tickets", ERR_NONE, "/v1/tickets", NULL, NULL},
      {METHOD_GET, "/v1/tickets/INC%2F1", ERR_NONE, "/v1/tickets/{ref}", "INC/1", NULL},
      {METHOD_PUT, "/v1/tickets/%C3%A9?x=1", ERR_NONE, "/v1/tickets/{ref}", "é", NULL},
      {METHOD_POST, "/v1/tickets/import", ERR_NONE, "/v1/tickets/import", NULL, NULL},
      {METHOD_GET, "/v1/tickets/import", ERR_METHOD_NOT_ALLOWED, NULL, NULL, "POST, OPTIONS"},
      {METHOD_DELETE, "/v1/tickets/A", ERR_METHOD_NOT_ALLOWED, NULL, NULL, "GET, PUT, HEAD, OPTIONS"},
      {METHOD_OTHER, "/v1/tickets", ERR_METHOD_NOT_ALLOWED, NULL, NULL, "GET, HEAD, OPTIONS"},
      {METHOD_OPTIONS, "/v1/tickets/A", ERR_NONE, NULL, NULL, "GET, PUT, HEAD, OPTIONS"},
      {METHOD_GET, "/v1", ERR_NOT_FOUND, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/", ERR_NOT_FOUND, NULL, NULL, NULL},
      {METHOD_GET, "/v1//tickets", ERR_NOT_FOUND, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/..", ERR_NOT_FOUND, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/%2e%2e", ERR_NOT_FOUND, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/A/B", ERR_NOT_FOUND, NULL, NULL, NULL},
      {METHOD_GET, "/1/2/3/4/5/6/7/8/9", ERR_NOT_FOUND, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/%zz", ERR_MALFORMED_REQUEST, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/%00", ERR_MALFORMED_REQUEST, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/%ff", ERR_MALFORMED_REQUEST, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets/\xc3\xa9", ERR_MALFORMED_REQUEST, NULL, NULL, NULL},
      {METHOD_GET, "v1/tickets", ERR_MALFORMED_REQUEST, NULL, NULL, NULL},
      {METHOD_GET, "/v1/tickets?a=%", ERR_MALFORMED_REQUEST, NULL, NULL, NULL},
  };
  EACH(row, CASES) {
    struct request request;
    begin(&request, row->method, row->target);
    enum err error = router_split(&request);
    if (!error) error = router_find(&request, ROUTES, ROUTES_COUNT);
    ck_assert_msg(error == row->error, "%s gives %d", row->target, error);
    if (row->pattern)
      ck_assert_str_eq(request.route->pattern, row->pattern);
    else
      ck_assert_ptr_null(request.route);
    if (row->value) ck_assert(text_is(request.path_values[0], row->value));
    ck_assert_uint_eq(request.headers_count, row->allow ? 1 : 0);
    if (row->allow) ck_assert(text_is(request.headers[0].value, row->allow));
    arena_release(&request.arena);
  }
}
END_TEST

START_TEST(reads_query_parameters) {
  struct request request;
  begin(&request, METHOD_GET, "/v1/tickets?scope=service%3Avpn+1&empty=&flag&&twice=1&twice=2&odd=3");
  ck_assert_int_eq(router_split(&request), ERR_NONE);
  ck_assert(text_is(request_query(&request, "scope"), "service:vpn 1"));
  ck_assert(text_is(request_query(&request, "empty"), ""));
  ck_assert(text_is(request_query(&request, "flag"), ""));
  ck_assert_ptr_null(request_query(&request, "missing").at);
  ck_assert_uint_eq(request.issues.total, 0);
  ck_assert(text_is(request_query(&request, "twice"), "1"));
  ck_assert_uint_eq(request.issues.total, 1);
  ck_assert(!request_query_ends(&request));
  ck_assert_uint_eq(request.issues.total, 2);
  ck_assert(text_is(request.issues.list[1].pointer, "odd"));
  arena_release(&request.arena);
}
END_TEST

START_TEST(finds_faults_of_tables) {
  static const struct route TWICE[] = {{METHOD_GET, "/a", 0, BODY_NONE, nothing, NULL}, {METHOD_GET, "/a", 0, BODY_NONE, nothing, NULL}};
  static const struct route NO_START[] = {{METHOD_GET, "/a", 0, BODY_NONE, NULL, NULL}};
  static const struct route NO_SLASH[] = {{METHOD_GET, "a", 0, BODY_NONE, nothing, NULL}};
  static const struct route NO_CHUNK[] = {{METHOD_POST, "/a", 0, BODY_BULK, nothing, NULL}};
  ck_assert_ptr_null(router_fault(ROUTES, ROUTES_COUNT));
  ck_assert_ptr_nonnull(router_fault(TWICE, 2));
  ck_assert_ptr_nonnull(router_fault(NO_START, 1));
  ck_assert_ptr_nonnull(router_fault(NO_SLASH, 1));
  ck_assert_ptr_nonnull(router_fault(NO_CHUNK, 1));
}
END_TEST

int main(void) { return unit_tests("http/router", (const TTest *[]){finds_routes, reads_query_parameters, finds_faults_of_tables, NULL}); }
