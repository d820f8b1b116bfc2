#include "report_document.h"

namespace biasbench::report {

std::vector<Piece> SplitMarkup(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const std::size_t open = text.find('`');
    const std::size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    if (close == std::string_view::npos) {
      pieces.push_back({text, false});
      break;
    }
    if (open > 0) pieces.push_back({text.substr(0, open), false});
    pieces.push_back({text.substr(open + 1, close - open - 1), true});
    text.remove_prefix(close + 1);
  }
  return pieces;
}

}  // namespace biasbench::report
