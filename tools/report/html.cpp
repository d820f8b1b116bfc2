#include "report/html.h"

#include <fmt/format.h>
#include <md4c-html.h>

#include <regex>
#include <stdexcept>

#include "report/markdown.h"
#include "report/page_template.h"
#include "report/svg.h"

namespace biasbench::report {
namespace {

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

// Headings get the names that GitHub gives them; all but the title are listed in `contents`.
std::string NameHeadings(const std::string& html, std::string& contents) {
  static const std::regex heading_pattern("<h([123])>(.*?)</h[123]>");
  std::map<std::string, int> uses;
  return Replace(html, heading_pattern, [&](const std::smatch& match) {
    const std::string level = match[1];
    std::string slug = SlugOf(WithoutTags(match[2]));
    if (const int earlier = uses[slug]++; earlier > 0) slug += fmt::format("-{}", earlier);
    if (level != "1") {
      contents += fmt::format("<li{}><a href=\"#{}\">{}</a></li>\n",
                              level == "3" ? " class=\"sub\"" : "", slug, match[2].str());
    }
    return fmt::format("<h{0} id=\"{1}\">{2}</h{0}>", level, slug, match[2].str());
  });
}

// A figure stands in the page as it is, its caption with it.
std::string PutFigures(const std::string& html,
                       const std::map<std::string, std::string>& pictures) {
  static const std::regex figure_pattern(
      "<p><a id=\"([^\"]*)\"></a>\n"
      "<img src=\"figures/([^\"]*)\\.svg\" alt=\"([^\"]*)\"></p>\n<p>(.*?)</p>");
  return Replace(html, figure_pattern, [&](const std::smatch& match) {
    return fmt::format(
        "<figure id=\"{}\">\n<div class=\"picture\">{}</div>\n<figcaption>{}</figcaption>\n"
        "</figure>",
        match[1].str(), InlineSvg(pictures.at(match[2]), match[2], match[3]), match[4].str());
  });
}

// A wide table scrolls by itself, named by the heading above it; what stands before it is its
// caption.
std::string FrameTables(const std::string& html) {
  static const std::regex caption_pattern(
      "<p>([^\n]*)</p>\n((?:<details>[^\n]*\n)?(?:</?p>\n)?)(?=<table>)");
  static const std::regex tag_pattern("<h[123] id=\"([^\"]*)\"|<table>|</table>");
  const std::string captioned =
      std::regex_replace(html, caption_pattern, "<p class=\"caption\">$1</p>\n$2");
  std::string heading;
  return Replace(captioned, tag_pattern, [&](const std::smatch& match) {
    const std::string tag = match[0];
    if (tag == "</table>") return tag + "</div>";
    if (tag != "<table>") {
      heading = match[1];
      return tag;
    }
    return fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{}\">{}", heading,
        tag);
  });
}

// Between pages, which stand in one folder whatever their Markdown's is.
std::string LinkHtmlPages(const std::string& html) {
  static const std::regex link_pattern("href=\"(?:[^\":]*/)?(report|rows|theory)\\.md(?=[#\"])");
  return std::regex_replace(html, link_pattern, "href=\"$1.html");
}

std::string TitleOf(const std::string& html) {
  static const std::regex title_pattern("<h1[^>]*>(.*?)</h1>");
  std::smatch match;
  return std::regex_search(html, match, title_pattern) ? WithoutTags(match[1]) : "";
}

}  // namespace

std::string HtmlOf(const std::string& markdown, const std::map<std::string, std::string>& pictures,
                   bool has_search) {
  HtmlPage page{.title = "", .contents = "", .body = "", .has_search = has_search};
  const std::string named = NameHeadings(LinkHtmlPages(Body(markdown)), page.contents);
  page.title = TitleOf(named);
  page.body = PutFigures(FrameTables(named), pictures);
  return FillTemplate(page);
}

}  // namespace biasbench::report
