// A page's Markdown as HTML that needs nothing else: style and pictures are inside.
#pragma once

#include <map>
#include <string>

namespace biasbench::report {

// `pictures`: SVG by name, for the Markdown's figures/<name>.svg. `has_search`: with a field that
// filters tables' rows. Links to report.md, rows.md and theory.md lead to the .html beside.
std::string HtmlOf(const std::string& markdown, const std::map<std::string, std::string>& pictures,
                   bool has_search = false);

}  // namespace biasbench::report
