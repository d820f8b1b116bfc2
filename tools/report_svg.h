// A picture made to stand inside an HTML page.
#pragma once

#include <string>
#include <string_view>

namespace biasbench::report {

// Escapes what is markup in HTML and XML, in texts and in quoted attributes.
std::string EscapeHtml(std::string_view text);

// gnuplot's SVG without prologue and namespaces, as HTML wants it, named for screen readers, its
// ids made unique by `prefix`: several pictures share one page.
std::string InlineSvg(const std::string& svg, const std::string& prefix, const std::string& label);

}  // namespace biasbench::report
