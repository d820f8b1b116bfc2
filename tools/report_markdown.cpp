// The document as GitHub's Markdown.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report_document.h"

namespace biasbench::report {
namespace {

// Newlines would end a table's row or a list's item.
std::string OnOneLine(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

std::string Escape(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]<>#|~$&";
  std::string escaped;
  for (const char c : text) {
    if (kMarkup.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Inside code only a table's bar needs escaping.
std::string Inline(std::string_view text, bool in_table = false) {
  std::string markdown;
  const std::string line = OnOneLine(text);
  for (const Piece& piece : SplitMarkup(line)) {
    if (!piece.is_code) {
      markdown += Escape(piece.text);
      continue;
    }
    markdown += '`';
    for (const char c : piece.text) {
      if (c == '|' && in_table) markdown += '\\';
      markdown += c;
    }
    markdown += '`';
  }
  return markdown;
}

class MarkdownWriter {
 public:
  std::string Take() { return std::move(text_); }

  void operator()(const Heading& heading) {
    Add("{} {}\n\n", std::string(static_cast<std::size_t>(heading.level), '#'),
        Inline(heading.text));
  }
  void operator()(const Paragraph& paragraph) { Add("{}\n\n", Inline(paragraph.text)); }
  void operator()(const List& list) {
    for (const auto& [lead, text, items] : list.items) {
      const std::string bold = lead.empty() ? "" : fmt::format("**{}.** ", Inline(lead));
      Add("- {}{}\n", bold, Inline(text));
      for (const std::string& item : items) Add("  - {}\n", Inline(item));
    }
    Add("\n");
  }
  void operator()(const Table& table) {
    if (table.IsLong()) {
      Add("<details><summary>Table of {} rows</summary>\n\n", table.rows.size());
    }
    if (!table.caption.empty()) Add("{}\n\n", Inline(table.caption));
    for (const Column& column : table.columns) Add("| {} ", Inline(column.title, true));
    Add("|\n");
    for (const Column& column : table.columns) Add("{}", column.is_number ? "|---:" : "|---");
    Add("|\n");
    for (const auto& row : table.rows) {
      for (const std::string& cell : row) Add("| {} ", Inline(cell, true));
      Add("|\n");
    }
    Add("\n{}", table.IsLong() ? "</details>\n\n" : "");
  }
  void operator()(const Figure& figure) {
    Add("![{}](figures/{}.svg)\n\n{}\n\n", Inline(figure.title), figure.name,
        Inline(figure.caption));
  }
  void operator()(const Folded& folded) {
    Add("<details><summary>{}</summary>\n\n", Inline(folded.summary));
    for (const std::string& line : folded.lines) Add("    {}\n", OnOneLine(line));
    Add("\n</details>\n\n");
  }

 private:
  template <class... Arguments>
  void Add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  std::string text_;
};

}  // namespace

std::string RenderMarkdown(const Document& document) {
  MarkdownWriter writer;
  for (const Block& block : document) std::visit(writer, block);
  std::string text = writer.Take();
  text.pop_back();  // one newline at the end, not two
  return text;
}

}  // namespace biasbench::report
