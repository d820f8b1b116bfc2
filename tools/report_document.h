// A document as headings, paragraphs, tables and figures: written once, rendered as HTML and as
// Markdown. In every text, what stands between backticks is code; all else is literal.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace biasbench::report {

struct Heading {
  int level = 2;  // 1 to 3
  std::string text;
};

struct Paragraph {
  std::string text;
};

struct ListItem {
  std::string lead;  // set in bold; may be empty
  std::string text;
  std::vector<std::string> items = {};  // a list below it
};

struct List {
  std::vector<ListItem> items;
};

struct Column {
  std::string title;
  bool is_number = false;  // aligned to the right
};

struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`

  // Folded away behind its caption.
  bool IsLong() const { return rows.size() > 30; }
};

struct Figure {
  std::string name;  // figures/<name>.svg
  std::string title;
  std::string caption;
  std::string svg;
};

// Lines set as they are (no markup), folded away behind a summary.
struct Folded {
  std::string summary;
  std::vector<std::string> lines;
};

using Block = std::variant<Heading, Paragraph, List, Table, Figure, Folded>;
using Document = std::vector<Block>;

// A piece of text, between two backticks or not.
struct Piece {
  std::string_view text;
  bool is_code = false;
};

// An unpaired last backtick is literal.
std::vector<Piece> SplitMarkup(std::string_view text);

std::string RenderHtml(const Document& document);
std::string RenderMarkdown(const Document& document);

}  // namespace biasbench::report
