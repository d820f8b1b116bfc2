// The HTML around a page: style, contents beside it, and the field that filters rows.
#pragma once

#include <string>

namespace biasbench::report {

struct HtmlPage {
  std::string title;
  std::string contents;  // items of a list of links; of class "sub" those that stand below others
  std::string body;
  bool has_search = false;  // a field that filters tables' rows, shown where scripts run
};

std::string FillTemplate(const HtmlPage& page);

}  // namespace biasbench::report
