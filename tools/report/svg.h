// A picture made to stand inside an HTML page.
#pragma once

#include <string>
#include <string_view>

namespace biasbench::report {

// gnuplot's SVG without prologue and namespaces, as HTML wants it, named for screen readers, its
// ids made unique by `prefix`: several pictures share one page.
std::string InlineSvg(const std::string& svg, const std::string& prefix, const std::string& label);

}  // namespace biasbench::report
