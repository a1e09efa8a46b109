// Writes HTML of naughty strings.
#include "base/html.h"

#include "unit.h"

START_TEST(text_is_never_markup) {
  static const struct {
    struct text text;
    const char *written;
  } CASES[] = {
      {TEXT_INIT(""), ""},
      {{NULL, 0}, ""},
      {TEXT_INIT("plain text, \xc3\xa4\xe6\xac\xa1\xf0\x9f\x98\x80"), "plain text, \xc3\xa4\xe6\xac\xa1\xf0\x9f\x98\x80"},
      {TEXT_INIT("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {TEXT_INIT("a && b"), "a &amp;&amp; b"},
      {TEXT_INIT("&lt;"), "&amp;lt;"},
      {TEXT_INIT("\" onmouseover='x"), "&quot; onmouseover=&#39;x"},
      {TEXT_INIT("]]><!--"), "]]&gt;&lt;!--"},
      {TEXT_INIT("\xe2\x80\x8d"
                 "evil"),
       "\xe2\x80\x8d"
       "evil"},
      {TEXT_INIT("a\tb\nc"), "a\tb\nc"},
      // What no document may hold
      {TEXT_INIT("\0\x01\x1f\x7f\r"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {TEXT_INIT("\xc2\x80\xc2\x9f\xc2\xa0"), "\xef\xbf\xbd\xef\xbf\xbd\xc2\xa0"},
      // What is no UTF-8: overlong, cut, a surrogate, beyond the last
      {TEXT_INIT("\xc0\xbc"
                 "a"),
       "\xef\xbf\xbd\xef\xbf\xbd"
       "a"},
      {TEXT_INIT("\xe6\xac"), "\xef\xbf\xbd\xef\xbf\xbd"},
      {TEXT_INIT("\xe6<b>"), "\xef\xbf\xbd&lt;b&gt;"},
      {TEXT_INIT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {TEXT_INIT("\xf5\x80\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {TEXT_INIT("\xff"), "\xef\xbf\xbd"},
  };
  EACH(row, CASES) {
    struct buffer out;
    buffer_init(&out, 200);
    html_text(&out, row->text);
    ASSERT_TEXT(buffer_view(&out), row->written);
    buffer_release(&out);
  }
}
END_TEST

START_TEST(elements_end_as_they_begin) {
  struct buffer out;
  buffer_init(&out, 200);
  html_element(&out, "p", TEXT("1 < 2"));
  html_element(&out, "th scope=\"row\"", TEXT("</th>"));
  html_element(&out, "td", TEXT_NONE);
  html_markup(&out, "<hr>");
  ASSERT_TEXT(buffer_view(&out), "<p>1 &lt; 2</p><th scope=\"row\">&lt;/th&gt;</th><td></td><hr>");
  buffer_release(&out);
}
END_TEST

int main(void) {
  return unit_tests("html", (const TTest *[]){
                                text_is_never_markup,
                                elements_end_as_they_begin,
                                NULL,
                            });
}
