// The document as one HTML page that needs nothing else: style and pictures are inside.
#include <fmt/format.h>

#include <iterator>

#include "report_document.h"
#include "report_svg.h"

namespace biasbench::report {
namespace {

// Cells with more bytes than this may break into lines.
constexpr std::size_t kLongCell = 40;

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
.opening h2 { border: 0; margin: 0; padding: 0; }
.opening ul { padding-left: 1.1rem; }
@media (min-width: 68rem) {
  .opening { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.6rem; }
  .opening > h2, .opening > p { grid-column: 1 / -1; }
  .opening li { font-size: 0.92rem; }
  .opening figure { margin-top: 0.8rem; }
}
code, pre { font-family: ui-monospace, "Liberation Mono", monospace; font-size: 0.88em; }
code { background: var(--soft); border-radius: 3px; padding: 0.05em 0.25em; }
.scroll { overflow-x: auto; margin: 0.8rem 0 1.6rem; border: 1px solid var(--line);
  border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem;
  font-variant-numeric: tabular-nums; }
.caption { color: var(--quiet); font-size: 0.92rem; }
th, td { padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; white-space: nowrap; }
td { border-top: 1px solid var(--line); }
td.long { white-space: normal; min-width: 18rem; }
td:first-child { position: sticky; left: 0; background: var(--paper); }
th { background: var(--soft); vertical-align: bottom; white-space: normal; }
th.number, td.number { text-align: right; }
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
  th, td, td.long { padding: 1pt 2pt; white-space: normal; min-width: 0; }
  figure, tr { break-inside: avoid; }
  h2, h3, .caption, summary { break-after: avoid; }
  .opening { display: block; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
)";

std::string Inline(std::string_view text) {
  std::string html;
  for (const Piece& piece : SplitMarkup(text)) {
    html += piece.is_code ? fmt::format("<code>{}</code>", EscapeHtml(piece.text))
                          : EscapeHtml(piece.text);
  }
  return html;
}

std::string WithoutMarkup(std::string_view text) {
  std::string plain;
  for (const Piece& piece : SplitMarkup(text)) plain += piece.text;
  return plain;
}

class HtmlWriter {
 public:
  explicit HtmlWriter(const Document& document) : document_(document) {}

  std::string Write() {
    Add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
        EscapeHtml(Title()), kStyle);
    for (const Block& block : document_) std::visit(*this, block);
    if (section_ == 1) Add("</section>\n");
    Add("</main>\n</body>\n</html>\n");
    return std::move(text_);
  }

  void operator()(const Heading& heading) {
    if (heading.level == 1) {
      Add("<header>\n<h1>{}</h1>\n", Inline(heading.text));
      AddContents();
      Add("</header>\n<main>\n");
      return;
    }
    if (heading.level == 3) {
      Add("<h3>{}</h3>\n", Inline(heading.text));
      return;
    }
    ++section_;  // the first is the answer, side by side with its picture where there is room
    if (section_ == 1) Add("<section class=\"opening\">\n");
    if (section_ == 2) Add("</section>\n");
    Add("<h2 id=\"section-{}\">{}</h2>\n", section_, Inline(heading.text));
  }
  void operator()(const Paragraph& paragraph) { Add("<p>{}</p>\n", Inline(paragraph.text)); }
  void operator()(const List& list) {
    Add("<ul>\n");
    for (const auto& [lead, text, items] : list.items) {
      const std::string bold =
          lead.empty() ? "" : fmt::format("<strong>{}.</strong> ", Inline(lead));
      Add("<li>{}{}", bold, Inline(text));
      if (!items.empty()) Add("\n<ul>\n");
      for (const std::string& item : items) Add("<li>{}</li>\n", Inline(item));
      Add("{}</li>\n", items.empty() ? "" : "</ul>\n");
    }
    Add("</ul>\n");
  }
  void operator()(const Table& table) {
    // The caption stands outside of what scrolls: inside, it would be as wide as the table.
    if (table.IsLong()) {
      Add("<details>\n<summary>Table of {} rows</summary>\n", table.rows.size());
    }
    if (!table.caption.empty()) Add("<p class=\"caption\">{}</p>\n", Inline(table.caption));
    Add("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table>\n",
        EscapeHtml(table.caption.empty() ? "Table" : WithoutMarkup(table.caption)));
    Add("<thead><tr>");
    for (const Column& column : table.columns) {
      Add("<th scope=\"col\" class=\"{}\">{}</th>", ClassOf(column), Inline(column.title));
    }
    Add("</tr></thead>\n<tbody>\n");
    for (const auto& row : table.rows) {
      Add("<tr>");
      for (std::size_t i = 0; i < row.size(); ++i) {
        Add("<td class=\"{}\">{}</td>",
            row[i].size() > kLongCell ? "long" : ClassOf(table.columns[i]), Inline(row[i]));
      }
      Add("</tr>\n");
    }
    Add("</tbody>\n</table>\n</div>\n{}", table.IsLong() ? "</details>\n" : "");
  }
  void operator()(const Figure& figure) {
    Add("<figure>\n<div class=\"picture\">{}</div>\n<figcaption>{}</figcaption>\n</figure>\n",
        InlineSvg(figure.svg, figure.name, figure.title), Inline(figure.caption));
  }
  void operator()(const Folded& folded) {
    Add("<details>\n<summary>{}</summary>\n<pre>", Inline(folded.summary));
    for (const std::string& line : folded.lines) Add("{}\n", EscapeHtml(line));
    Add("</pre>\n</details>\n");
  }

 private:
  static const char* ClassOf(const Column& column) { return column.is_number ? "number" : "text"; }

  template <class... Arguments>
  void Add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  std::string Title() const {
    const auto* heading = document_.empty() ? nullptr : std::get_if<Heading>(&document_.front());
    return heading ? WithoutMarkup(heading->text) : "";
  }

  void AddContents() {
    Add("<nav aria-label=\"Contents\"><ul>\n");
    int section = 0;
    for (const Block& block : document_) {
      const auto* heading = std::get_if<Heading>(&block);
      if (!heading || heading->level != 2) continue;
      Add("<li><a href=\"#section-{}\">{}</a></li>\n", ++section, Inline(heading->text));
    }
    Add("</ul></nav>\n");
  }

  const Document& document_;
  std::string text_;
  int section_ = 0;
};

}  // namespace

std::string RenderHtml(const Document& document) { return HtmlWriter(document).Write(); }

}  // namespace biasbench::report
