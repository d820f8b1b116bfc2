#include "report/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "report/fixture.h"
#include "report/html.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

using Cells = std::vector<std::vector<std::string>>;

std::string Undo(std::string text, const std::vector<std::pair<const char*, const char*>>& pairs) {
  for (const auto& [from, to] : pairs) text = std::regex_replace(text, std::regex(from), to);
  return text;
}

std::vector<Cells> TablesOfHtml(const std::string& html) {
  std::vector<Cells> tables;
  const std::regex token("<(table|tr)>|<t[hd][^>]*>(.*?)</t[hd]>");
  for (std::sregex_iterator i(html.begin(), html.end(), token), end; i != end; ++i) {
    const std::string tag = (*i)[1];
    if (tag == "table") {
      tables.emplace_back();
    } else if (tag == "tr") {
      tables.back().emplace_back();
    } else {
      tables.back().back().push_back(Undo((*i)[2], {{"</?code>", "`"},
                                                    {"&lt;", "<"},
                                                    {"&gt;", ">"},
                                                    {"&quot;", "\""},
                                                    {"&#39;", "'"},
                                                    {"&amp;", "&"}}));
    }
  }
  return tables;
}

std::vector<Cells> TablesOfMarkdown(const std::string& markdown) {
  std::vector<Cells> tables;
  std::istringstream lines(markdown);
  bool is_in_table = false;
  for (std::string line; std::getline(lines, line);) {
    const bool was_in_table = std::exchange(is_in_table, line.starts_with("|"));
    if (!is_in_table || line.starts_with("|---")) continue;
    if (!was_in_table) tables.emplace_back();
    tables.back().emplace_back();
    const std::regex cell(R"(\| ((?:[^|\\]|\\.)*) (?=\|))");
    for (std::sregex_iterator i(line.begin(), line.end(), cell), end; i != end; ++i) {
      tables.back().back().push_back(Undo((*i)[1], {{R"(\\([^\w\s]|_))", "$1"}}));
    }
  }
  return tables;
}

// Every opened element is closed, in order.
void ExpectBalanced(const std::string& html) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>");
  for (std::sregex_iterator i(html.begin(), html.end(), tag), end; i != end; ++i) {
    const std::string name = (*i)[2];
    const std::string rest = (*i)[3];
    if (name == "meta" || rest.ends_with("/")) continue;
    if ((*i)[1] == "") {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty()) << name;
      ASSERT_EQ(open.back(), name) << "at " << i->position();
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST_F(ReportTest, HtmlNeedsNothingElse) {
  sample_.WriteTo(folder_);
  ASSERT_EQ(RunReport(folder_).exit_code, 0);
  for (const char* name : {"report.html", "rows.html"}) {
    const std::string html = ReadFile(folder_ / name);
    ExpectBalanced(html);
    for (const char* external : {"http:", "https:", "src=", "@import", "<link", "<fast>"}) {
      EXPECT_THAT(html, Not(HasSubstr(external)));
    }
    // References within the page lead somewhere, and ids are unique over all pictures.
    std::vector<std::string> ids;
    const std::regex id("\\bid=['\"]([^'\"]*)['\"]");
    for (std::sregex_iterator i(html.begin(), html.end(), id), end; i != end; ++i) {
      ids.push_back((*i)[1]);
    }
    std::ranges::sort(ids);
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
    const std::regex reference("href=['\"]#([^'\"]*)['\"]");
    for (std::sregex_iterator i(html.begin(), html.end(), reference), end; i != end; ++i) {
      EXPECT_TRUE(std::ranges::binary_search(ids, (*i)[1].str())) << (*i)[1];
    }
  }
}

TEST_F(ReportTest, BothFormsHoldTheSameTables) {
  sample_.footprint["benchmarks"][0]["reason"] = "a | b <i> \\ * _x_ `code`";
  sample_.WriteTo(folder_);
  ASSERT_EQ(RunReport(folder_).exit_code, 0);
  for (const auto& [name, least] : {std::pair("report", 2U), std::pair("rows", 8U)}) {
    const fs::path path = folder_ / name;
    const std::vector<Cells> html = TablesOfHtml(ReadFile(path.string() + ".html"));
    const std::vector<Cells> markdown = TablesOfMarkdown(ReadFile(path.string() + ".md"));
    ASSERT_GE(html.size(), least);
    ASSERT_EQ(html.size(), markdown.size());
    for (std::size_t i = 0; i < html.size(); ++i) EXPECT_EQ(html[i], markdown[i]) << i;
  }
}

TEST_F(ReportTest, TablesHoldTheNumbers) {
  sample_.WriteTo(folder_);
  ASSERT_EQ(RunReport(folder_).exit_code, 0);
  const std::string markdown = ReadFile(folder_ / "rows.md");
  // By resampling 40 … 44.
  EXPECT_THAT(markdown, HasSubstr("| `learned` | 5 | 42.0 \\[40.0–44.0\\] |"));
  // A group of seeds of which all but one diverged.
  EXPECT_THAT(markdown, HasSubstr("1 ok; 7 diverged: the loss is not finite"));
  EXPECT_THAT(markdown, HasSubstr("9,540,000,120 | 9098.05 |"));
}

std::string MarkdownOf(const std::function<void(Markdown&)>& add) {
  Markdown markdown;
  add(markdown);
  return std::move(markdown).Take();
}

TEST(Markdown, MarkupIsOnlyWhatStandsBetweenBackticks) {
  const std::string text = MarkdownOf([](Markdown& markdown) {
    markdown.AddHeading(1, "A & `b<c`");
    markdown.AddParagraph("odd ` <tick> 5 * 6 _x_ [y]");
  });
  EXPECT_THAT(text, HasSubstr("# A \\& `b<c`"));
  EXPECT_THAT(text, HasSubstr("odd \\` \\<tick\\>"));
  const std::string html = HtmlOf(text, {});
  EXPECT_THAT(html, HasSubstr("<h1 id=\"a--bc\">A &amp; <code>b&lt;c</code></h1>"));
  EXPECT_THAT(html, HasSubstr("<p>odd ` &lt;tick&gt; 5 * 6 _x_ [y]</p>"));
  // A bar ends a cell, also inside code.
  EXPECT_THAT(MarkdownOf([](Markdown& markdown) {
                markdown.AddTable({"", {{"t"}}, {{"`a|b` c|d"}}});
              }),
              HasSubstr("| `a\\|b` c\\|d |"));
}

TEST(Markdown, HeadingsHaveTheNamesThatGitHubGivesThem) {
  EXPECT_EQ(SlugOf("How to repeat: each row, 2"), "how-to-repeat-each-row-2");
  const std::string html = HtmlOf(MarkdownOf([](Markdown& markdown) {
                                    markdown.AddHeading(2, "Memory");
                                    markdown.AddHeading(2, "Memory");
                                  }),
                                  {});
  EXPECT_THAT(html, HasSubstr("<h2 id=\"memory\">"));
  EXPECT_THAT(html, HasSubstr("<h2 id=\"memory-1\">"));
  EXPECT_THAT(html, HasSubstr("<a href=\"#memory-1\">"));
}

TEST(Markdown, LinksLeadToThePagesInTheSameForm) {
  const std::string text = MarkdownOf([](Markdown& markdown) {
    markdown.AddLinks("More", {{"all_rows", "rows.md#b-c"}, {"data", "a b/(c).json"}});
    markdown.AddLinks("Nothing", {}, "nothing");
  });
  EXPECT_EQ(text, "More: [all\\_rows](rows.md#b-c), [data](a%20b/%28c%29.json).\n");
  const std::string html = HtmlOf(text, {});
  EXPECT_THAT(html, HasSubstr("<a href=\"rows.html#b-c\">all_rows</a>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"a%20b/%28c%29.json\">data</a>"));
}

TEST(Markdown, LinksCanBeAPlaceThemselves) {
  const std::string text = MarkdownOf([](Markdown& markdown) {
    markdown.AddLinks("More", {{"b", "rows.md"}}, "more");
  });
  EXPECT_EQ(text, "<a id=\"more\"></a>More: [b](rows.md).\n");
  EXPECT_THAT(HtmlOf(text, {}), HasSubstr("<a id=\"more\"></a>More: <a href=\"rows.html\">b</a>"));
}

TEST(Markdown, TablesAreNamedByTheHeadingAbove) {
  const std::string html = HtmlOf(MarkdownOf([](Markdown& markdown) {
                                    markdown.AddHeading(3, "By moment");
                                    markdown.AddTable({"All.", {{"t"}}, {{"1"}}});
                                  }),
                                  {});
  EXPECT_THAT(html, HasSubstr("<p class=\"caption\">All.</p>\n<div class=\"scroll\""));
  EXPECT_THAT(html, HasSubstr("aria-labelledby=\"by-moment\"><table>"));
  EXPECT_THAT(html, HasSubstr("</table></div>"));
  EXPECT_THAT(html, HasSubstr("<li class=\"sub\"><a href=\"#by-moment\">"));
}

TEST(Markdown, FiguresStandInThePageWithIdsOfTheirOwn) {
  const std::string svg = "<svg viewBox=\"0 0 9 9\"><path id='a'/><use href='#a'/></svg>";
  const std::string html = HtmlOf(MarkdownOf([](Markdown& markdown) {
                                    markdown.AddFigure("one", "One & all", "First.");
                                    markdown.AddFigure("two", "Two", "Second.");
                                  }),
                                  {{"one", svg}, {"two", svg}});
  EXPECT_THAT(html, HasSubstr("aria-label=\"One &amp; all\""));
  EXPECT_THAT(html, HasSubstr("<path id='one-a'/><use href='#one-a'/>"));
  EXPECT_THAT(html, HasSubstr("<path id='two-a'/>"));
  EXPECT_THAT(html, HasSubstr("<figure id=\"figure-two\">"));
  EXPECT_THAT(html, HasSubstr("<figcaption>Second.</figcaption>"));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
}

}  // namespace
}  // namespace biasbench::report
