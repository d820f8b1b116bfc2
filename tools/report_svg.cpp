#include "report_svg.h"

#include <fmt/format.h>

#include <regex>
#include <stdexcept>

namespace biasbench::report {

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string InlineSvg(const std::string& svg, const std::string& prefix, const std::string& label) {
  const std::size_t open = svg.find("<svg");
  const std::size_t body = svg.find('>', open);
  std::smatch view_box;
  static const std::regex kViewBox("viewBox=\"([-0-9. ]+)\"");
  if (open == std::string::npos || body == std::string::npos ||
      !std::regex_search(svg, view_box, kViewBox)) {
    throw std::invalid_argument(fmt::format("figure '{}' is not an SVG picture", prefix));
  }
  static const std::regex kOwnTitle("<title>[^<]*</title>\\s*<desc>[^<]*</desc>");
  static const std::regex kId("\\bid=(['\"])");
  static const std::regex kReference("(href=['\"]|url\\()#");
  std::string inner = std::regex_replace(svg.substr(body + 1), kOwnTitle, "",
                                         std::regex_constants::format_first_only);
  inner = std::regex_replace(inner, kId, "id=$1" + prefix + "-");
  inner = std::regex_replace(inner, kReference, "$1#" + prefix + "-");
  return fmt::format("<svg role=\"img\" aria-label=\"{0}\" viewBox=\"{1}\"><title>{0}</title>{2}",
                     EscapeHtml(label), view_box[1].str(), inner);
}

}  // namespace biasbench::report
