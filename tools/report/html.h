// The report's Markdown as one HTML page that needs nothing else: style and pictures are inside.
#pragma once

#include <map>
#include <string>

namespace biasbench::report {

// `pictures`: SVG by name, for the Markdown's figures/<name>.svg.
std::string HtmlOf(const std::string& markdown, const std::map<std::string, std::string>& pictures);

}  // namespace biasbench::report
