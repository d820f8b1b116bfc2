#include "report/html.h"

#include <fmt/format.h>
#include <md4c-html.h>

#include <regex>
#include <stdexcept>
#include <string_view>

#include "report/markdown.h"
#include "report/svg.h"

namespace biasbench::report {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f3f5f7;
  --line: #d0d7de; --quiet: #57606a; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #15181c; --soft: #1f242a; --line: #3a424b; --quiet: #a3adb8;
    --link: #7fb8f0; }
  .picture { filter: brightness(0.88); }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 84rem; padding: 1rem clamp(0.9rem, 3vw, 2rem) 4rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 1rem 0; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 2.6rem 0 0.8rem; padding-top: 0.8rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 2rem 0 0.6rem; }
p, li { max-width: 50rem; overflow-wrap: break-word; }
li { margin: 0.5rem 0; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; padding: 0; list-style: none; }
nav li { margin: 0; }
li li { margin: 0.25rem 0; }
code, pre { font-family: ui-monospace, "Liberation Mono", monospace; font-size: 0.88em; }
code { background: var(--soft); border-radius: 3px; padding: 0.05em 0.25em; }
.scroll { overflow-x: auto; margin: 0.8rem 0 1.6rem; border: 1px solid var(--line);
  border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem;
  font-variant-numeric: tabular-nums; }
.caption { color: var(--quiet); font-size: 0.92rem; }
th, td { padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
td { border-top: 1px solid var(--line); }
td[align="right"] { white-space: nowrap; }
td:first-child { position: sticky; left: 0; background: var(--paper); }
th { background: var(--soft); vertical-align: bottom; white-space: normal; }
th[align="right"], td[align="right"] { text-align: right; }
figure { margin: 1.2rem 0 2rem; }
.picture { overflow-x: auto; background: #fff; color: #000; border: 1px solid var(--line); border-radius: 6px; }
.picture svg { display: block; width: 100%; min-width: 34rem; max-width: 60rem; height: auto;
  margin: 0 auto; }
figcaption { color: var(--quiet); font-size: 0.92rem; margin-top: 0.5rem; max-width: 50rem; }
summary { cursor: pointer; margin: 0.8rem 0; }
pre { overflow-x: auto; padding: 0.7rem; background: var(--soft); border-radius: 6px; }
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #f3f5f7; --line: #bbb; --quiet: #444;
    --link: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .scroll, .picture { overflow: visible; border: 0; filter: none; }
  .picture svg { min-width: 0; max-height: 20cm; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  table { font-size: 6.5pt; }
  th, td, td[align="right"] { padding: 1pt 2pt; white-space: normal; }
  figure, tr { break-inside: avoid; }
  h2, h3, .caption, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
)";

std::string Body(const std::string& markdown) {
  std::string html;
  const auto append = [](const MD_CHAR* text, MD_SIZE size, void* target) {
    static_cast<std::string*>(target)->append(text, size);
  };
  const int failure = md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &html,
                              MD_FLAG_TABLES, MD_HTML_FLAG_SKIP_UTF8_BOM);
  if (failure != 0) throw std::runtime_error("the report's Markdown cannot be rendered");
  return html;
}

// Every match of `pattern` becomes what `replacement` makes of it.
template <class Replacement>
std::string Replace(const std::string& text, const std::regex& pattern,
                    const Replacement& replacement) {
  std::string replaced;
  auto rest = text.cbegin();
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    replaced.append(rest, (*match)[0].first);
    replaced += replacement(*match);
    rest = (*match)[0].second;
  }
  return replaced.append(rest, text.cend());
}

std::string WithoutTags(const std::string& html) {
  static const std::regex tag_pattern("<[^>]*>|&[a-z]+;");
  return std::regex_replace(html, tag_pattern, "");
}

// Headings get the names that GitHub gives them; the main ones are listed in `contents`.
std::string NameHeadings(const std::string& html, std::string& contents) {
  static const std::regex heading_pattern("<h([123])>(.*?)</h[123]>");
  std::map<std::string, int> uses;
  return Replace(html, heading_pattern, [&](const std::smatch& match) {
    const std::string level = match[1];
    std::string slug = SlugOf(WithoutTags(match[2]));
    if (const int earlier = uses[slug]++; earlier > 0) slug += fmt::format("-{}", earlier);
    if (level == "2") {
      contents += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", slug, match[2].str());
    }
    return fmt::format("<h{0} id=\"{1}\">{2}</h{0}>", level, slug, match[2].str());
  });
}

// A figure stands in the page as it is, its caption with it.
std::string PutFigures(const std::string& html,
                       const std::map<std::string, std::string>& pictures) {
  static const std::regex figure_pattern(
      "<p><img src=\"figures/([^\"]*)\\.svg\" alt=\"([^\"]*)\"></p>\n<p>(.*?)</p>");
  return Replace(html, figure_pattern, [&](const std::smatch& match) {
    return fmt::format(
        "<figure>\n<div class=\"picture\">{}</div>\n<figcaption>{}</figcaption>\n</figure>",
        InlineSvg(pictures.at(match[1]), match[1], match[2]), match[3].str());
  });
}

// A wide table scrolls by itself; what stands before it is its caption.
std::string FrameTables(const std::string& html) {
  static const std::regex caption_pattern(
      "<p>([^\n]*)</p>\n((?:<details>[^\n]*\n)?(?:</?p>\n)?)(?=<table>)");
  static const std::regex table_pattern("<table>");
  static const std::regex end_pattern("</table>");
  const std::string captioned =
      std::regex_replace(html, caption_pattern, "<p class=\"caption\">$1</p>\n$2");
  const std::string opened = std::regex_replace(
      captioned, table_pattern, "<div class=\"scroll\" role=\"region\" tabindex=\"0\"><table>");
  return std::regex_replace(opened, end_pattern, "</table></div>");
}

std::string TitleOf(const std::string& html) {
  static const std::regex title_pattern("<h1[^>]*>(.*?)</h1>");
  std::smatch match;
  return std::regex_search(html, match, title_pattern) ? WithoutTags(match[1]) : "";
}

}  // namespace

std::string HtmlOf(const std::string& markdown,
                   const std::map<std::string, std::string>& pictures) {
  std::string contents;
  std::string body = NameHeadings(Body(markdown), contents);
  const std::string title = TitleOf(body);
  body = PutFigures(FrameTables(body), pictures);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<nav aria-label=\"Contents\"><ul>\n{}</ul></nav>\n<main>\n{}</main>\n</body>\n</html>\n",
      title, kStyle, contents, body);
}

}  // namespace biasbench::report
