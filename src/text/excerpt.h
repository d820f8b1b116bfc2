// Pieces of input as messages quote them: in one line, and short whatever was handed in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace biasbench::text {

inline constexpr std::size_t kExcerptCharacters = 60;

// The input's first characters, 60 at most; where some are left out, the last is an ellipsis. What
// cannot be printed (control characters, bytes that are not UTF-8) is written as \n, \t or \x1b.
std::string Excerpt(std::string_view input);

// The same of the input's last characters: a path's end tells more than its beginning.
std::string PathExcerpt(std::string_view path);

}  // namespace biasbench::text
