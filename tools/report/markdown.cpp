#include "report/markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cctype>
#include <iterator>

namespace biasbench::report {
namespace {

constexpr std::size_t kLongTable = 30;

// Outside of code, what is markup; inside, only a table's bar. Newlines would end a row or an item.
std::string Inline(std::string_view text, bool in_table = false) {
  constexpr std::string_view kMarkup = "\\*_{}[]<>#|~$&";
  std::string markdown;
  bool is_code = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '`') {
      const bool is_paired = is_code || text.find('`', i + 1) != std::string_view::npos;
      if (is_paired) is_code = !is_code;
      markdown += is_paired ? "`" : "\\`";
      continue;
    }
    const bool is_markup = is_code ? c == '|' && in_table : kMarkup.find(c) != kMarkup.npos;
    if (is_markup) markdown += '\\';
    markdown += c == '\n' ? ' ' : c;
  }
  return markdown;
}

// A link's target with whatever would end it as %XX.
std::string Escaped(std::string_view target) {
  constexpr std::string_view kKept = "-._~/#";
  std::string escaped;
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_kept = std::isalnum(byte) || kKept.find(c) != kKept.npos;
    escaped += is_kept ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return escaped;
}

template <class... Arguments>
void Append(std::string& text, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
}

}  // namespace

void Markdown::AddHeading(int level, std::string_view text) {
  Append(text_, "{} {}\n\n", std::string(static_cast<std::size_t>(level), '#'), Inline(text));
}

void Markdown::AddParagraph(std::string_view text) { Append(text_, "{}\n\n", Inline(text)); }

void Markdown::AddList(const std::vector<ListItem>& items) {
  if (items.empty()) return;
  for (const auto& [lead, text, below] : items) {
    const std::string bold = lead.empty() ? "" : fmt::format("**{}.** ", Inline(lead));
    Append(text_, "- {}{}\n", bold, Inline(text));
    for (const std::string& item : below) Append(text_, "  - {}\n", Inline(item));
  }
  text_ += '\n';
}

void Markdown::AddTable(const Table& table) {
  if (table.rows.empty()) return;
  const bool is_long = table.rows.size() > kLongTable;
  if (!table.caption.empty()) AddParagraph(table.caption);
  if (is_long) {
    Append(text_, "<details><summary>Table of {} rows</summary>\n\n", table.rows.size());
  }
  for (const Column& column : table.columns) Append(text_, "| {} ", Inline(column.title, true));
  text_ += "|\n";
  for (const Column& column : table.columns) text_ += column.is_number ? "|---:" : "|---";
  text_ += "|\n";
  for (const auto& row : table.rows) {
    for (const std::string& cell : row) Append(text_, "| {} ", Inline(cell, true));
    text_ += "|\n";
  }
  Append(text_, "\n{}", is_long ? "</details>\n\n" : "");
}

void Markdown::AddFigure(std::string_view name, std::string_view title, std::string_view caption) {
  Append(text_, "<a id=\"{}\"></a>\n![{}](figures/{}.svg)\n\n{}\n\n", FigureAnchor(name),
         Inline(title), name, Inline(caption));
}

void Markdown::AddLinks(std::string_view lead, const std::vector<Link>& links,
                        std::string_view anchor) {
  if (links.empty()) return;
  if (!anchor.empty()) Append(text_, "<a id=\"{}\"></a>", anchor);
  std::vector<std::string> parts;
  for (const auto& [text, target] : links) {
    parts.push_back(fmt::format("[{}]({})", Inline(text), Escaped(target)));
  }
  Append(text_, "{}: {}.\n\n", Inline(lead), fmt::join(parts, ", "));
}

std::string Markdown::Take() && {
  if (text_.ends_with("\n\n")) text_.pop_back();
  return std::move(text_);
}

std::string SlugOf(std::string_view text) {
  std::string slug;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') slug += '-';
    if (std::isalnum(byte) || c == '-' || c == '_' || byte >= 0x80) {
      slug += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    }
  }
  return slug;
}

std::string FigureAnchor(std::string_view name) { return fmt::format("figure-{}", name); }

}  // namespace biasbench::report
