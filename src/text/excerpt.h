// Excerpts of input for messages: one short line, whatever the input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace biasbench::text {

inline constexpr std::size_t kExcerptCharacters = 60;

// The input's first characters, 60 at most; if some are left out, the last is an ellipsis.
// Unprintable ones (control characters, bytes that are not UTF-8) are written as \n, \t or \x1b.
std::string Excerpt(std::string_view input);

// An excerpt of the input's last characters: a path's end tells more than its beginning.
std::string PathExcerpt(std::string_view path);

}  // namespace biasbench::text
