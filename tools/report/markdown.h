// A page of the report as GitHub's Markdown; HTML comes from it. In texts, what stands between
// backticks is code; all else is literal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace biasbench::report {

struct Column {
  std::string title;
  bool is_number = false;  // aligned to the right
};

struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
};

struct ListItem {
  std::string lead;  // set in bold; may be empty
  std::string text;
  std::vector<std::string> items = {};  // a list below it
};

struct Link {
  std::string text;
  std::string target;  // a file, or a place in it: "rows.md#by-strategy"
};

class Markdown {
 public:
  void AddHeading(int level, std::string_view text);
  void AddParagraph(std::string_view text);
  void AddList(const std::vector<ListItem>& items);
  // Nothing where the table has no rows. Long ones are folded away.
  void AddTable(const Table& table);
  // figures/<name>.svg, which links find at FigureAnchor(name).
  void AddFigure(std::string_view name, std::string_view title, std::string_view caption);
  // "Lead: link, link." Nothing where there are no links. Others find it at `anchor`, if it has
  // one.
  void AddLinks(std::string_view lead, const std::vector<Link>& links,
                std::string_view anchor = {});

  // With one newline at its end.
  std::string Take() &&;

 private:
  std::string text_;
};

// GitHub's name of a heading in a link, from its text without markup.
std::string SlugOf(std::string_view text);
// A figure's name in a link.
std::string FigureAnchor(std::string_view name);

}  // namespace biasbench::report
