#include "text/columns.h"

#include <algorithm>
#include <utility>

namespace biasbench::text {
namespace {

// The text in pieces that end behind the separator.
std::vector<std::string> SplitBehind(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    const std::size_t found = text.find(separator);
    const std::size_t length = found == std::string_view::npos ? text.size() : found + 1;
    pieces.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return pieces;
}

std::string WithoutBlanksBehind(const std::string& text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// The pieces one behind the other, in lines.
std::string Fill(const std::vector<std::string>& pieces, std::size_t columns, std::size_t indent) {
  std::string lines;
  std::size_t used = 0;  // of the last line
  for (const std::string& piece : pieces) {
    if (!lines.empty() && used + ColumnsOf(WithoutBlanksBehind(piece)) > columns) {
      lines = WithoutBlanksBehind(lines) + "\n" + std::string(indent, ' ');
      used = indent;
    }
    lines += piece;
    used += ColumnsOf(piece);
  }
  return lines;
}

}  // namespace

std::size_t ColumnsOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string Padded(std::string_view text, std::size_t columns, Align align) {
  const std::string blanks(columns - std::min(columns, ColumnsOf(text)), ' ');
  return align == Align::kLeft ? std::string(text) + blanks : blanks + std::string(text);
}

std::string Wrapped(const std::vector<std::string>& parts, std::string_view separator,
                    std::size_t columns, std::size_t indent) {
  std::vector<std::string> pieces = parts;
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) pieces[i] += separator;
  return Fill(pieces, columns, indent);
}

std::string WrappedName(std::string_view name, std::size_t columns, std::size_t indent) {
  return Fill(SplitBehind(name, '/'), columns, indent);
}

std::string WrappedWords(std::string_view text, std::size_t columns, std::size_t indent) {
  std::vector<std::string> pieces;
  for (std::string& word : SplitBehind(text, ' ')) {
    if (indent + ColumnsOf(word) <= columns) {
      pieces.push_back(std::move(word));
    } else {
      for (std::string& part : SplitBehind(word, '/')) pieces.push_back(std::move(part));
    }
  }
  return Fill(pieces, columns, indent);
}

}  // namespace biasbench::text
