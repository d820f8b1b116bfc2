#include "report/svg.h"

#include <fmt/format.h>

#include <regex>
#include <stdexcept>

namespace biasbench::report {

std::string InlineSvg(const std::string& svg, const std::string& prefix, const std::string& label) {
  const std::size_t open = svg.find("<svg");
  const std::size_t body = svg.find('>', open);
  std::smatch view_box;
  static const std::regex view_box_pattern("viewBox=\"([-0-9. ]+)\"");
  if (open == std::string::npos || body == std::string::npos ||
      !std::regex_search(svg, view_box, view_box_pattern)) {
    throw std::invalid_argument(fmt::format("figure '{}' is not an SVG picture", prefix));
  }
  static const std::regex id_pattern("\\bid=(['\"])");
  static const std::regex reference_pattern("(href=['\"]|url\\()#");
  std::string inner = std::regex_replace(svg.substr(body + 1), id_pattern, "id=$1" + prefix + "-");
  inner = std::regex_replace(inner, reference_pattern, "$1#" + prefix + "-");
  return fmt::format("<svg role=\"img\" aria-label=\"{0}\" viewBox=\"{1}\"><title>{0}</title>{2}",
                     label, view_box[1].str(), inner);
}

}  // namespace biasbench::report
