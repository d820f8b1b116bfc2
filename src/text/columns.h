// Lines of text that fit a number of columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace biasbench::text {

// The columns of a terminal that tables of programs fit.
inline constexpr std::size_t kConsoleColumns = 120;

// Columns that the text takes on a terminal: characters, not bytes.
std::size_t ColumnsOf(std::string_view text);

enum class Align { kLeft, kRight };

// The text, padded with blanks to the columns.
std::string Padded(std::string_view text, std::size_t columns, Align align);

// The parts joined by `separator`, in lines of at most `columns`, all but the first indented; a
// line breaks behind a separator. What is too long by itself gets a line of its own.
std::string Wrapped(const std::vector<std::string>& parts, std::string_view separator,
                    std::size_t columns, std::size_t indent = 2);

// A row's name likewise, broken behind /.
std::string WrappedName(std::string_view name, std::size_t columns, std::size_t indent = 2);

// A sentence likewise, broken at blanks, and names in it that are longer than a line behind /.
std::string WrappedWords(std::string_view text, std::size_t columns, std::size_t indent = 2);

}  // namespace biasbench::text
