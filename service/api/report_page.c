// Makes a page of a month's report in JSON.
#include "api/report_page.h"

#include "base/html.h"
#include "http/web_page.h"
#include "json/walk.h"

enum { WORDS_CHARS_MAX = 16000 };

// One column of a table. What its path leads to is a cell; two numbers are an interval.
struct column {
  const char *title, *path;
  bool number;
};

struct section {
  const char *title, *list, *caption, *nothing;
  const struct column *columns;  // the first names the row; a column without a title ends them
};

static const struct column MOVED[] = {
    {"Metric", "title", false},
    {"Value", "figure.value", true},
    {"Unit", "figure.unit", false},
    {"95 % interval", "figure.interval", true},
    {"n", "figure.n", true},
    {"Month before", "figure.compared_with.value", true},
    {"Change", "figure.change", true},
    {"Verdict", "figure.comparison.verdict", false},
    {"Certain", "certain", false},
    {"In words", "sentence", false},
    {0},
};
static const struct column MATTERS[] = {
    {"Where", "key", false},
    {"Happiness", "metrics.happiness.value", true},
    {"n", "metrics.happiness.n", true},
    {"Minutes lost per answer", "metrics.lost_time.value", true},
    {"Elsewhere", "against.lost_time", true},
    {"Recoverable hours", "recoverable_hours", true},
    {"Confirmed", "confirmed", false},
    {"In words", "sentence", false},
    {0},
};
static const struct column XLAS[] = {
    {"Agreement", "name", false},
    {"Owner", "owner", false},
    {"Status", "status", false},
    {"Before", "status_before", false},
    {"Value", "state.value", true},
    {"95 % interval", "state.interval", true},
    {"Target", "state.target", true},
    {"n", "state.n", true},
    {"Budget left", "state.budget.left", true},
    {"In words", "sentence", false},
    {0},
};
static const struct column INITIATIVES[] = {
    {"Initiative", "title", false},
    {"Owner", "owner", false},
    {"Step", "step", false},
    {"Iteration", "iteration", true},
    {"Verdict", "verdict", false},
    {"In words", "sentence", false},
    {0},
};

static const struct section SECTIONS[] = {
    {"What moved", "moved", "Each metric, against the month before; what certainly changed comes first", "Nothing was measured.", MOVED},
    {"What matters most", "matters", "Where people lose most, against everywhere else", "There are too few answers to tell.", MATTERS},
    {"Experience level agreements", "xlas", "As they stood on the last day that was evaluated", "No agreement was in force.", XLAS},
    {"Initiatives", "initiatives", "Improvements that moved, or were evaluated, in the month", "No initiative moved.", INITIATIVES},
};

static struct text find(struct text json, const char *path) {
  for (struct text rest = text_of(path); rest.at && json.at;)
    json = walk_find(json, text_cut(&rest, '.'));
  return json;
}

static bool is_true(struct text json) { return text_is(json, "true"); }

// What the value says, as text: a number keeps its digits.
static void write_value(struct buffer *out, struct text json) {
  struct buffer words;
  buffer_init(&words, WORDS_CHARS_MAX);
  walk_text(json, &words);
  html_text(out, buffer_view(&words));
  buffer_release(&words);
}

static void write_interval(struct buffer *out, struct text json) {
  write_value(out, walk_find(json, TEXT("0")));
  html_markup(out, " to ");
  write_value(out, walk_find(json, TEXT("1")));
}

// Where a path ends at what is withheld, that is said.
static bool is_withheld_on(struct text json, const char *path) {
  for (struct text rest = text_of(path); rest.at && json.at;) {
    json = walk_find(json, text_cut(&rest, '.'));
    if (is_true(walk_find(json, TEXT("suppressed")))) return true;
  }
  return false;
}

static void write_cell(struct buffer *out, struct text row, const struct column *column) {
  struct text value = find(row, column->path);
  bool missing = !value.at || text_is(value, "null");
  if (is_withheld_on(row, column->path) && missing)
    html_markup(out, "withheld");
  else if (missing)
    html_markup(out, "\xe2\x80\x93");
  else if (value.at[0] == '[')
    write_interval(out, value);
  else if (value.at[0] != '{')
    write_value(out, value);
}

static const char *class_of(struct text row, const struct column *column) {
  if (column->number) return "<td class=\"number\">";
  if (!text_is(text_of(column->title), "Verdict") && !text_is(text_of(column->title), "Status")) return "<td>";
  struct text verdict = find(row, column->path);
  if (text_is(verdict, "\"improved\"") || text_is(verdict, "\"achieved\"") || text_is(verdict, "\"met\"")) return "<td class=\"good\">";
  return text_is(verdict, "\"worsened\"") || text_is(verdict, "\"breached\"") ? "<td class=\"bad\">" : "<td>";
}

static void write_row(struct buffer *out, struct text row, const struct section *section) {
  html_markup(out, "<tr><th scope=\"row\">");
  write_cell(out, row, section->columns);
  html_markup(out, "</th>");
  for (const struct column *column = section->columns + 1; column->title; column++) {
    html_markup(out, class_of(row, column));
    write_cell(out, row, column);
    html_markup(out, "</td>");
  }
  html_markup(out, "</tr>\n");
}

// A table that is wider than the screen is scrolled by itself, also by keys.
static void write_table(struct buffer *out, struct text list, const struct section *section) {
  struct walk walk;
  html_markup(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
  html_text(out, text_of(section->title));
  html_markup(out, "\"><table>");
  html_element(out, "caption", text_of(section->caption));
  html_markup(out, "<thead><tr>");
  for (const struct column *column = section->columns; column->title; column++)
    html_element(out, column->number ? "th scope=\"col\" class=\"number\"" : "th scope=\"col\"", text_of(column->title));
  html_markup(out, "</tr></thead><tbody>\n");
  walk_begin(&walk, list);
  while (walk_next(&walk))
    write_row(out, walk.value, section);
  html_markup(out, "</tbody></table></div>\n");
}

static void write_section(struct buffer *out, struct text json, const struct section *section) {
  struct text list = find(json, section->list);
  html_element(out, "h2", text_of(section->title));
  if (walk_find(list, TEXT("0")).at)
    write_table(out, list, section);
  else
    html_element(out, "p", text_of(section->nothing));
}

static void write_summary(struct buffer *out, struct text json) {
  struct walk walk;
  html_markup(out, "<ul>");
  walk_begin(&walk, find(json, "summary"));
  while (walk_next(&walk)) {
    html_markup(out, "<li>");
    write_value(out, find(walk.value, "sentence"));
    html_markup(out, "</li>\n");
  }
  html_markup(out, "</ul>\n");
}

static void write_head(struct buffer *out, struct text json, size_t *from, size_t *to) {
  html_markup(out, "<h1>Experience report, ");
  write_value(out, find(json, "title"));
  html_markup(out, "</h1>\n<p class=\"note\">");
  write_value(out, find(json, "window.from"));
  html_markup(out, " to ");
  write_value(out, find(json, "window.to"));
  html_markup(out, ", ");
  write_value(out, find(json, "time_zone"));
  if (!is_true(find(json, "complete"))) html_markup(out, "; the month is not over");
  if (!text_is(find(json, "scope"), "{}")) {
    html_markup(out, "; scope ");
    write_value(out, find(json, "scope"));
  }
  html_markup(out, ". As of ");
  *from = out->length;
  write_value(out, find(json, "as_of"));
  *to = out->length;
  html_markup(out, ".</p>\n");
}

static void write_notes(struct buffer *out, struct text json) {
  html_markup(out,
              "<h2>About these numbers</h2><p>An interval holds the true value in 95 of 100 cases. A verdict says improved or worsened only where "
              "chance would bring that about less than 5 times in 100; it is certain where that holds for all metrics together (Holm). What few "
              "people answered is withheld, so that nobody is recognised; a dash means that there is nothing. n is the number of answers or tickets "
              "behind a value.");
  struct text exclusions = find(json, "exclusions");
  if (exclusions.at && !text_is(exclusions, "null") && !text_is(exclusions, "0")) {
    html_markup(out, " Responses that were excluded, and don't count: ");
    write_value(out, exclusions);
    html_markup(out, ".");
  }
  html_markup(out, "</p>\n");
}

void report_page_write(struct text json, struct buffer *out, size_t *from, size_t *to) {
  struct buffer title;
  buffer_init(&title, WORDS_CHARS_MAX);
  buffer_string(&title, "Experience report, ");
  walk_text(find(json, "title"), &title);
  web_page_begin(out, buffer_view(&title));
  buffer_release(&title);
  write_head(out, json, from, to);
  html_element(out, "h2", TEXT("In short"));
  write_summary(out, json);
  for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++)
    write_section(out, json, &SECTIONS[i]);
  write_notes(out, json);
  web_page_end(out);
}
