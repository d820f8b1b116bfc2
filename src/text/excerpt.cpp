#include "text/excerpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace biasbench::text {
namespace {

constexpr std::string_view kEllipsis = "…";

// Lengths of UTF-8 sequences by their first byte.
struct LeadBytes {
  unsigned char first;
  unsigned char last;
  std::size_t bytes;
  std::uint32_t least;  // smaller code points have shorter sequences
};
constexpr auto kLeadBytes = std::to_array<LeadBytes>({{0x20, 0x7E, 1, 0x20},
                                                      {0xC2, 0xDF, 2, 0xA0},  // no C1 controls
                                                      {0xE0, 0xEF, 3, 0x800},
                                                      {0xF0, 0xF4, 4, 0x10000}});

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The bytes of the printable character that the text begins with; 0 if there is none.
std::size_t PrintableBytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  for (const LeadBytes& row : kLeadBytes) {
    if (lead < row.first || lead > row.last) continue;
    if (text.size() < row.bytes) return 0;
    if (row.bytes == 1) return 1;
    std::uint32_t code = lead & (0xFFU >> (row.bytes + 1));
    for (const char byte : text.substr(1, row.bytes - 1)) {
      if (!IsContinuation(byte)) return 0;
      code = code << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    const bool is_surrogate = code >= 0xD800 && code < 0xE000;
    const bool breaks_lines = code == 0x2028 || code == 0x2029;
    return code < row.least || code > 0x10FFFF || is_surrogate || breaks_lines ? 0 : row.bytes;
  }
  return 0;
}

std::string Escape(char byte) {
  switch (byte) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  }
}

// One printable character, or the escape of a byte.
struct Piece {
  std::string text;
  std::size_t characters;
};

// The pieces of the text, `most` characters of them and one piece more at most.
std::vector<Piece> PiecesOf(std::string_view text, std::size_t most) {
  std::vector<Piece> pieces;
  for (std::size_t characters = 0; !text.empty() && characters <= most;) {
    const std::size_t bytes = PrintableBytes(text);
    if (bytes > 0) {
      pieces.push_back({std::string(text.substr(0, bytes)), 1});
    } else {
      std::string escape = Escape(text[0]);
      const std::size_t width = escape.size();
      pieces.push_back({std::move(escape), width});
    }
    characters += pieces.back().characters;
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return pieces;
}

std::size_t CharactersOf(const std::vector<Piece>& pieces) {
  std::size_t characters = 0;
  for (const Piece& piece : pieces) characters += piece.characters;
  return characters;
}

}  // namespace

std::string Excerpt(std::string_view input) {
  const std::vector<Piece> pieces = PiecesOf(input, kExcerptCharacters);
  const bool is_cut = CharactersOf(pieces) > kExcerptCharacters;
  std::size_t room = kExcerptCharacters - (is_cut ? 1 : 0);
  std::string excerpt;
  for (const Piece& piece : pieces) {
    if (piece.characters > room) break;
    room -= piece.characters;
    excerpt += piece.text;
  }
  return is_cut ? excerpt.append(kEllipsis) : excerpt;
}

std::string PathExcerpt(std::string_view path) {
  constexpr std::size_t kMaxBytes = 4 * kExcerptCharacters;  // of so many characters
  bool is_cut = path.size() > kMaxBytes;
  if (is_cut) path.remove_prefix(path.size() - kMaxBytes);
  while (is_cut && !path.empty() && IsContinuation(path[0])) path.remove_prefix(1);
  std::vector<Piece> pieces = PiecesOf(path, 4 * kMaxBytes);
  is_cut = is_cut || CharactersOf(pieces) > kExcerptCharacters;
  std::size_t room = kExcerptCharacters - (is_cut ? 1 : 0);
  auto first = pieces.end();
  while (first != pieces.begin() && (first - 1)->characters <= room) room -= (--first)->characters;
  std::string excerpt(is_cut ? kEllipsis : "");
  for (auto piece = first; piece != pieces.end(); ++piece) excerpt += piece->text;
  return excerpt;
}

}  // namespace biasbench::text
